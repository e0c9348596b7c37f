"""XML schemas made of others."""

_ISO = "http://www.isotc211.org/2005"


def schema_of(file, imported):
    """Write an XML schema that imports others, by their namespaces; return the file."""
    imports = "".join(f'<xs:import namespace="{name}" schemaLocation="{at}"/>' for name, at in imported.items())
    file.write_text(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>')
    return file


def iso_19139(carried):
    """Return the files of all schemas of ISO 19139 among those that pycsw carries, by their namespaces."""
    folder = carried / "plugins/profiles/apiso/schemas/ogc/iso/19139/20070417"
    return {f"{_ISO}/{one}": folder / one / f"{one}.xsd" for one in ("gmd", "gmx", "srv")}
