/** 把常用语放进输入框: where the caret stands, on a line of its own; what is left to fill is selected to be typed over. */
const PLACE = /\{[^}]+\}/

export interface Put {
  text: string
  from: number
  to: number
}

/** The text with `body` put at the caret, and what is to be selected afterwards. */
export function putInto(before: string, caret: number, body: string): Put {
  const head = before.slice(0, caret)
  const tail = before.slice(caret)
  const start = head && !head.endsWith('\n') ? `${head}\n` : head
  const end = tail && !tail.startsWith('\n') ? `\n${tail}` : tail
  const place = PLACE.exec(body)
  const from = start.length + (place ? place.index : body.length)
  return { text: start + body + end, from, to: from + (place ? place[0].length : 0) }
}

/** Whether `/` typed here asks for a standard text: at the beginning of a line. */
export function asksForText(before: string, caret: number): boolean {
  return caret === 0 || before[caret - 1] === '\n'
}
