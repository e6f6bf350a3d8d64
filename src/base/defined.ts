type Defined<Members> = { [Key in keyof Members]?: Exclude<Members[Key], undefined> }

/** Without the members that are undefined. */
export const defined = <Members extends object>(members: Members): Defined<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<Members>
