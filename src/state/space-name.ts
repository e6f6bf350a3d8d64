/** Matches a valid name of a space. */
export const spaceName = /^[A-Za-z0-9._-]{1,64}$/

export const defaultSpaceName = 'default'
