/** What the pages load. */
import { script as client, scriptCss } from '../script.ts';
import { dashboardCss } from '../style.ts';

const asset = (text: string, type: string): Response =>
  new Response(text, {
    headers: { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'public, max-age=300' },
  });

export const style = (): Response => asset(scriptCss + dashboardCss, 'text/css');
export const script = (): Response => asset(client, 'text/javascript');
