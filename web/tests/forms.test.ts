// Every action that a page may offer has its form; the rest are done by the system or begin a case.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FORMS } from '@/case/forms'
import { FORMS as OUTSIDE } from '@/pages/field/actions'

const words = JSON.parse(readFileSync(join(__dirname, '..', 'src', 'locales', 'zh-CN', 'words.json'), 'utf-8'))
const WITHOUT = ['ACCEPT', 'ASK_COMMUNITY', 'ARCHIVE', 'CLOSE_SAMPLED_OUT', 'OPEN_MATTER']

test('no action is without a form', () => {
  const actions = Object.keys(words).flatMap((key) => (key.startsWith('Action.') ? [key.slice(7)] : []))
  const bare = actions.filter((action) => !(action in FORMS) && !(action in OUTSIDE))
  expect(bare.sort()).toEqual([...WITHOUT].sort())
})
