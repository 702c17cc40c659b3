// Which clock a case's head shows: its own next promise, never that of what is put right beside it.
import { describe, expect, test } from 'vitest'
import { leadingOf, rectifyingOf, type ClockView } from '@/case/running'

const clock = (name: string, state: string, due_at: string) =>
  ({ name, state, due_at, cycle: 1 }) as unknown as ClockView
const late = clock('RECTIFY', 'RUNNING', '2026-11-01T00:00:00Z')
const finish = clock('FINISH', 'RUNNING', '2026-12-01T00:00:00Z')
const contact = clock('CONTACT', 'RUNNING', '2026-11-25T00:00:00Z')
const kept = clock('SIGN', 'STOPPED', '2026-11-20T00:00:00Z')

describe("a case's head", () => {
  test('of an ended case shows no deadline, however late its rectification is', () => {
    expect(leadingOf([kept, late])).toBeUndefined()
    expect(rectifyingOf([kept, late])).toBe(late)
  })

  test('shows the nearest deadline of its own', () => {
    expect(leadingOf([finish, late, contact, kept])).toBe(contact)
  })

  test('shows what is paused only where nothing runs', () => {
    const paused = clock('FINISH', 'PAUSED', '2026-11-02T00:00:00Z')
    expect(leadingOf([paused, contact])).toBe(contact)
    expect(leadingOf([paused, kept])).toBe(paused)
  })

  test('does not count what waits to be judged', () => {
    expect(leadingOf([clock('FINISH', 'FILED', '2026-11-02T00:00:00Z')])).toBeUndefined()
  })
})
