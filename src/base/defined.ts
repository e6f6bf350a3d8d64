type Defined<Members> = { [Key in keyof Members]?: Exclude<Members[Key], undefined> }

/** The object without its undefined members. */
export const defined = <Members extends object>(members: Members): Defined<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<Members>
