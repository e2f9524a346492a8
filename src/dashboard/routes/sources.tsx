/** Where providers post to. */
import { webhookUrl } from '../../http/shapes-setup.ts';
import { Sources } from '../pages/sources.tsx';
import { page, type Render } from '../visit.ts';

export const sources: Render = async ({ services, caller, request }) => {
  const rows = await services.store.sources(caller.tenant);
  return page(
    <Sources caller={caller} rows={rows} urlOf={(id) => webhookUrl(services.settings, request, id)} />,
  );
};
