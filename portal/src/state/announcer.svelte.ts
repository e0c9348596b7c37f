/** What a screen reader is told, and the one notice a person may answer. */

export interface Notice {
  text: string
  detail?: string
  trouble?: boolean
  action?: { label: string; run: () => void }
}

class Announcer {
  said = $state('')
  notice = $state.raw<Notice | null>(null)

  /** Say a sentence; the same one twice is still said twice. */
  say(text: string): void {
    this.said = this.said === text ? `${text}\u00a0` : text
  }

  tell(notice: Notice): void {
    this.notice = notice
    this.say([notice.text, notice.detail].filter(Boolean).join('. '))
  }

  clear(): void {
    this.notice = null
  }
}

export const announcer = new Announcer()
