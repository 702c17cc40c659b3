import { expect, test } from 'vitest'
import { Problem, problemOf } from '@/api/problem'

test('a refusal names its fields', async () => {
  const body = {
    ...{ status: 422, code: 'unprocessable', title: '内容有误', detail: '请改正', instance: 'urn:x' },
    errors: [{ field: 'caller.phone', code: 'field.missing', message: '请填写电话' }],
  }
  const found = await problemOf(new Response(JSON.stringify(body), { status: 422 }), 'away')
  expect(found.fields).toEqual({ 'caller.phone': '请填写电话' })
  expect([found.status, found.code, found.message, found.passing]).toEqual([422, 'unprocessable', '请改正', false])
})

test('an answer that is no problem document is told in our own words', async () => {
  const found = await problemOf(new Response('<html>', { status: 502 }), '稍后再试')
  expect([found.message, found.passing]).toEqual(['稍后再试', true])
})

test('a network that is away may be tried again', () => {
  expect(new Problem(0, 'network', '').passing).toBe(true)
})
