/** A scenario of so many rules, each for another login than the one that calls: half of them for the session call. */
export const rules = (count: number): string => {
  const lines = Array.from({ length: count }, (_, index) => {
    const on = index % 2 === 0 ? 'cbrain.session' : others[Math.floor(index / 2) % others.length]
    return `  - { on: ${on}, when: { login: somebody-${index} }, then: { fail: server-error } }`
  })
  return `title: Many rules, none of them for demo\nrules:\n${lines.join('\n')}\n`
}

const others = ['"*"', 'cbrain', 'login', 'session', 'cbrain.logout', 'hcx.session', '[login, logout]']
