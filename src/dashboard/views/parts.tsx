import type { ComponentChildren, JSX } from 'preact'
import type { Actions } from '../actions.js'
import { visible } from '../format.js'
import type { Live } from '../live.js'
import type { Model } from '../model.js'
import type { Outcome } from '../shapes.js'

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

export const Product = ({ name = 'none' }: { readonly name: string | undefined }) => (
  <span class={`product ${name}`}>{name}</span>
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

/** An explanation in an empty list. */
export const Empty = ({ children }: { readonly children: ComponentChildren }) => <p class="empty">{children}</p>
