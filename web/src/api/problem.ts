/** A refusal of the server (RFC 9457) or of the network, in the reader's language. `fields`: the sentence for each field. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly fields: Record<string, string> = {},
    readonly instance = '',
  ) {
    super(detail)
  }

  /** Whether trying again later may help: the network or the server was away. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502
  }
}

interface Body {
  status: number
  code: string
  title: string
  detail: string
  instance: string
  errors?: { field: string; code: string; message: string }[]
}

/** Reads an answer that is not a success; what is no problem document gets the sentence `away`. */
export async function problemOf(answer: Response, away: string): Promise<Problem> {
  try {
    const body = (await answer.json()) as Body
    const fields: Record<string, string> = {}
    for (const { field, message } of body.errors ?? [])
      fields[field] = field in fields ? `${fields[field]} ${message}` : message
    return new Problem(answer.status, body.code, body.detail || body.title, fields, body.instance)
  } catch {
    return new Problem(answer.status, 'unreadable', away)
  }
}
