import type { ComponentChildren, JSX, TargetedKeyboardEvent } from 'preact'
import type { Actions } from '../actions.js'
import { plural, visible } from '../format.js'
import type { Live } from '../live.js'
import type { Model } from '../model.js'
import type { Outcome } from '../page-types.js'

export interface Props {
  readonly model: Model
  readonly actions: Actions
  readonly live: Live
}

/** Each outcome has a shape in addition to its colour. */
const signs: Readonly<Record<Outcome, string>> = { success: '●', refused: '▲', broken: '✕', left: '◌', unmatched: '?' }

/** A button that does not submit a form. */
export const Button = (props: JSX.IntrinsicElements['button']) => <button type="button" {...props} />

/** Text from clients, isolated: it cannot change the direction of the text around it, or hide characters. */
export const isolate = (text: string, name?: string) => <bdi class={name}>{visible(text)}</bdi>

export const Quiet = ({ children }: { readonly children: ComponentChildren }) => <p class="quiet">{children}</p>

export const OutcomeWord = ({ outcome }: { readonly outcome: Outcome }) => (
  <span class={`outcome ${outcome}`}>
    <span aria-hidden="true">{signs[outcome] ?? '·'}</span> {outcome}
  </span>
)

/** Its colour is that of its place in the list of products. */
export const Product = ({ name, model }: { readonly name: string | undefined; readonly model: Model }) => (
  <span class={`product colour-${model.colourOf(name)}`}>{name ?? 'none'}</span>
)

export const Panel = ({
  title,
  side,
  children,
  class: name = ''
}: {
  readonly title: string
  readonly side?: ComponentChildren
  readonly children: ComponentChildren
  readonly class?: string
}) => (
  <section class={`panel ${name}`} aria-label={title}>
    <header>
      <h2>{title}</h2>
      {side}
    </header>
    {children}
  </section>
)

/** Arrow keys move the focus between the buttons of a list, which has one tab stop. */
export const moveFocus =
  (selector: string) =>
  (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)]
    const index = buttons.findIndex(button => button.matches(':focus'))
    if (index < 0) return
    event.preventDefault()
    buttons[index + step]?.focus()
  }

/** Tells that a list is longer than what is shown. */
export const More = ({ shown, of, noun }: { readonly shown: number; readonly of: number; readonly noun: string }) =>
  shown >= of ? null : <p class="quiet more">{`${shown.toLocaleString('en')} of ${plural(of, noun)}`}</p>

/** An explanation in an empty list. */
export const Empty = ({ children }: { readonly children: ComponentChildren }) => <p class="empty">{children}</p>
