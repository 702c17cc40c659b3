const FIRST_MS = 2_000
const LONGEST_MS = 5 * 60_000

/** How long to wait after so many failures in a row: 2 s, doubled each time to 5 min at most, of which a random half. */
export function backoff(tries: number, chance: () => number = Math.random): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20))
  return Math.round(whole / 2 + (whole / 2) * chance())
}
