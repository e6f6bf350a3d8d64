// What the bundle makes elements by: shorter calls than those of the automatic runtime.
export { Fragment, h } from 'preact'
