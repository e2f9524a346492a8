/** Who is told of changes of the list, and how that goes. */
import { messageTypes } from '../../app/webhooks.ts';
import { Badge, Empty, Sure, Table, Time } from '../parts.tsx';

/** As GET /v1/webhooks answers. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly disabled: boolean;
  readonly why: string | null;
  readonly failing_since: string | null;
  readonly last_at: string | null;
  readonly last_status: number | null;
}

/** As POST /v1/webhooks/{id}/test answers. */
export interface Tested {
  readonly id: string;
  readonly delivered: boolean;
  readonly status: number | null;
  readonly took_ms: number;
}

const Answered = ({ of: { delivered, status, took_ms } }: { of: Tested }) => (
  <p class={`note ${delivered ? 'green' : 'red'}`} role="status">
    {status === null
      ? `The test message did not arrive: nobody answered there for ${took_ms} ms.`
      : `The test message was answered ${status} after ${took_ms} ms${
          delivered ? '.' : '. Answer 2xx once it is stored; anything else makes it come again.'
        }`}
  </p>
);

const Running = ({ of: { disabled, failing_since, last_status } }: { of: Webhook }) =>
  disabled ? (
    <Badge>paused</Badge>
  ) : failing_since === null ? (
    <Badge color="green">running</Badge>
  ) : (
    <Badge color="red">{`failing${last_status === null ? '' : ` (${last_status})`}`}</Badge>
  );

export const Webhooks = ({
  rows,
  typed,
  tested,
}: {
  rows: readonly Webhook[];
  typed: string;
  tested: Tested | null;
}) => (
  <>
    {rows.length === 0 ? (
      <Empty>Nobody is told yet.</Empty>
    ) : (
      <Table
        titles={['URL', 'Told', 'State', 'Last success', 'Change']}
        broad={['Told', 'State', 'Last success']}
      >
        {rows.map((hook) => {
          const { id, url, types, disabled, why, last_at } = hook;
          return (
            <tr>
              <td class="reply">
                {url}
                {why === null ? null : <div class="soft small">{why}</div>}
                <div class="narrow small">
                  <Running of={hook} />{' '}
                  <span class="soft">{types.length === 0 ? 'everything' : types.join(', ')}</span>
                </div>
                {tested?.id === id ? <Answered of={tested} /> : null}
              </td>
              <td class="soft wide broad">{types.length === 0 ? 'everything' : types.join(', ')}</td>
              <td class="broad">
                <Running of={hook} />
              </td>
              <td class="broad">
                <Time at={last_at} />
              </td>
              <td>
                <form class="inline" method="post" action="/settings/webhooks">
                  <input type="hidden" name="id" value={id} />
                  <button class="second" type="submit" name="do" value="test">
                    Send a test
                  </button>
                  <button class="second" type="submit" name="do" value={disabled ? 'resume' : 'pause'}>
                    {disabled ? 'Resume' : 'Pause'}
                  </button>
                  <Sure what="Delete">
                    <button
                      class="danger"
                      type="submit"
                      name="do"
                      value="delete"
                      aria-label={`Delete ${url}`}
                    >
                      Delete it
                    </button>
                  </Sure>
                </form>
              </td>
            </tr>
          );
        })}
      </Table>
    )}
    <form class="row" method="post" action="/settings/webhooks">
      <label>
        URL
        <input
          class="wide"
          type="url"
          name="url"
          value={typed}
          required
          maxlength={2000}
          placeholder="https://example.com/mailstop"
        />
      </label>
      <label>
        Tell
        <select name="type">
          <option value="">everything</option>
          {messageTypes.map((type) => (
            <option>{type}</option>
          ))}
        </select>
      </label>
      <button type="submit" name="do" value="add">
        Add
      </button>
    </form>
  </>
);
