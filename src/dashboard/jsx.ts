// Shorter calls than those of the automatic runtime.
export { Fragment, h } from 'preact'
