type KeyOf<Members extends object> = Extract<keyof Members, string>

/** Whether this is an own key of the object. */
export const isKeyOf = <Members extends object>(members: Members, key: string): key is KeyOf<Members> =>
  Object.hasOwn(members, key)

/** The keys of an object that has no others than those of its type. */
export const keysOf = <Members extends object>(members: Members): KeyOf<Members>[] =>
  Object.keys(members).filter(key => isKeyOf(members, key))
