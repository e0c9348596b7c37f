"""Languages: ISO metadata says ``eng``, the web says ``en``."""

_TWO = {
    "ara": "ar", "bul": "bg", "cat": "ca", "cze": "cs", "ces": "cs", "chi": "zh", "zho": "zh", "cym": "cy", "dan": "da",
    "ger": "de", "deu": "de", "gre": "el", "ell": "el", "eng": "en", "est": "et", "baq": "eu", "eus": "eu", "fin": "fi",
    "fre": "fr", "fra": "fr", "gle": "ga", "glg": "gl", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "ice": "is",
    "isl": "is", "ind": "id", "ita": "it", "jpn": "ja", "kor": "ko", "lav": "lv", "lit": "lt", "mlt": "mt", "dut": "nl",
    "nld": "nl", "nor": "no", "nob": "nb", "nno": "nn", "per": "fa", "fas": "fa", "pol": "pl", "por": "pt", "roh": "rm",
    "rum": "ro", "ron": "ro", "rus": "ru", "slo": "sk", "slk": "sk", "slv": "sl", "spa": "es", "alb": "sq", "sqi": "sq",
    "srp": "sr", "swe": "sv", "tha": "th", "tur": "tr", "ukr": "uk", "vie": "vi",
}  # fmt: skip
_THREE = {two: three for three, two in reversed(_TWO.items())}
_SUBTAG = 3
_ENGLISH = {
    "en": "English", "af": "Afrikaans", "ar": "Arabic", "bs": "Bosnian", "bg": "Bulgarian", "zh": "Chinese",
    "hr": "Croatian", "cs": "Czech", "da": "Danish", "nl": "Dutch", "et": "Estonian", "fi": "Finnish", "fr": "French",
    "de": "German", "he": "Hebrew", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "lv": "Latvian", "lt": "Lithuanian", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "es": "Spanish", "uk": "Ukrainian", "vi": "Vietnamese",
}  # fmt: skip
_CODES = {name: code for code, name in _ENGLISH.items()}


def two_letters(text: str) -> str:
    """Return a language as RFC 5646 says it: ``eng``, ``eng; USA`` → ``en``; one that is not known as it stands."""
    code = text.split(";", maxsplit=1)[0].strip().lower()
    return _TWO.get(code, code) if len(code) <= _SUBTAG else text.strip()


def three_letters(language: str) -> str:
    """Return a language as ISO 639-2/B says it, which INSPIRE asks for: ``de-AT`` → ``ger``."""
    code = language.split("-", maxsplit=1)[0].lower()
    return _THREE.get(code, code)


def english_name(language: str) -> str:
    """Return a language's English name, as DIF says it; nothing for one that DIF does not list."""
    return _ENGLISH.get(language.split("-", maxsplit=1)[0].lower(), "")


def named_in_english(name: str) -> str:
    """Return the language of an English name; another text as ``two_letters`` reads it."""
    return _CODES.get(name.strip().capitalize()) or two_letters(name)
