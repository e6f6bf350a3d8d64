/** A secret field: its name, and the start and end of its value in the text. */
export interface NamedValue {
  readonly name: string
  readonly from: number
  readonly to: number
}
