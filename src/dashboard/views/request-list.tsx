import { Component } from 'preact'
import { moveFocus, type Props } from './parts.js'
import { RequestLine } from './request-line.js'

interface View {
  readonly top: number
  readonly height: number
  /** Height of a row in pixels. */
  readonly row: number
}

/** A virtual list: only visible rows are rendered. */
export class RequestList extends Component<Props, View> {
  override state: View = { top: 0, height: 600, row: 36 }
  readonly #box: { current: HTMLDivElement | null } = { current: null }
  readonly #observer = new ResizeObserver(() => {
    const { clientWidth = 0, clientHeight = 0 } = this.#box.current ?? {}
    this.setState({ height: clientHeight, row: clientWidth < 620 ? 62 : 36 })
  })
  /** Key of the newest rendered row. */
  #newest: string | undefined

  override componentDidMount(): void {
    if (this.#box.current) this.#observer.observe(this.#box.current)
    this.componentDidUpdate()
  }

  override componentWillUnmount(): void {
    this.#observer.disconnect()
  }

  /** Keeps the scroll position when newer rows are added above. */
  override componentDidUpdate(): void {
    const { shown } = this.props.model
    const came = this.#newest === undefined ? 0 : shown.findIndex(({ key }) => key === this.#newest)
    const box = this.#box.current
    if (box && came > 0 && box.scrollTop > this.state.row) box.scrollTop += came * this.state.row
    this.#newest = shown[0]?.key
  }

  override render({ model, actions }: Props, { top, height, row }: View) {
    const { shown } = model
    const first = Math.max(0, Math.floor(top / row) - 4)
    const some = shown.slice(first, first + Math.ceil(height / row) + 8)
    const stop = (some.find(({ key }) => key === model.rowStop) ?? some[0])?.key
    return (
      <div
        class="list"
        ref={this.#box}
        role="table"
        aria-label="Requests"
        aria-rowcount={shown.length + 1}
        onScroll={event => this.setState({ top: event.currentTarget.scrollTop })}
        onKeyDown={moveFocus('.line button')}
      >
        <Head />
        <div role="rowgroup" class="room" style={{ height: `${shown.length * row}px` }}>
          {some.map((each, index) => (
            <RequestLine
              key={each.key}
              row={each}
              index={first + index}
              height={row}
              model={model}
              isStop={each.key === stop}
              open={() => void actions.openRequest(each.key)}
            />
          ))}
        </div>
      </div>
    )
  }
}

const Head = () => (
  <div role="rowgroup" class="head">
    <div role="row" class="cells">
      {['Time', 'Operation', 'Login', 'Status', 'Outcome', 'Reason'].map(name => (
        <span role="columnheader" key={name}>
          {name}
        </span>
      ))}
    </div>
  </div>
)
