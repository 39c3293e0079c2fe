import { useAllCommands } from "../commands/legacyRegistry";
import { Dialog } from "../ui/legacy/Dialog";

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const commands = useAllCommands();
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="keys">
        {commands.map(({ id, label, key }) => (
          <div key={id} className="keys-row">
            <dt>{label}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
        <div className="keys-row">
          <dt>Close a dialog</dt>
          <dd>
            <kbd>Esc</kbd>
          </dd>
        </div>
      </dl>
    </Dialog>
  );
}
