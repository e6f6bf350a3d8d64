/** A secret by its name, and where in the text its value begins and ends. */
export interface NamedValue {
  readonly name: string
  readonly from: number
  readonly to: number
}
