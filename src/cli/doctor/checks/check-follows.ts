import { statusVerdict } from '../../status-verdict.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, fail, skip } = about({
  id: 'follows',
  name: 'Trust',
  expected: 'chronyd synchronised, to vmclockd',
  why: 'only then is the clock as good as its host',
});

/** Whether chronyd follows what the daemon feeds. */
export function checkFollows({ daemon: { status }, chrony }: DoctorFacts): Finding {
  if (status === null) return skip('only the running daemon knows');
  if (status.state.name !== 'feeding') return skip('nothing is fed; see vmclockd');
  const { trusted, sentence } = statusVerdict(status);
  if (trusted) return ok(sentence);
  const { chronyd, sock } = status;
  if (sock.failing !== '') return skip('samples do not arrive; see SOCK socket');
  if (chronyd === null) return warn(sentence, 'chronyd = "/run/chrony/chronyd.sock" in the configuration');
  if (!chronyd.reachable)
    return fail(sentence, `\`systemctl status ${chrony.unit}\`, \`systemctl restart ${chrony.unit}\``);
  if (chronyd.poll === null)
    return fail(sentence, `add the refclock line (see Refclock line), and \`systemctl restart ${chrony.unit}\``);
  const other = !chronyd.selectsUs && chronyd.synchronised === false && !/^0*$/.test(chronyd.refid);
  if (other)
    return fail(
      sentence,
      '`chronyc -n sources` and `chronyc selectdata` tell why; `trust prefer` at the end of the refclock line makes us win',
    );
  return warn(sentence, 'wait for three polls; then `chronyc -n sources` and `chronyc selectdata` tell why');
}
