import type { Task } from "../../api/types";
import { Dialog } from "../../ui/legacy/Dialog";

interface DeleteDialogProps {
  task: Task;
  onClose: () => void;
  onConfirm: () => void;
}

export function DeleteDialog({ task, onClose, onConfirm }: DeleteDialogProps) {
  return (
    <Dialog title="Delete task?" onClose={onClose}>
      <p className="delete-question">
        “{task.title}” {task.recurrence ? "and its coming repetitions go" : "goes"} away on every screen.
      </p>
      <footer className="editor-foot">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="button danger" onClick={onConfirm}>
          Delete
        </button>
      </footer>
    </Dialog>
  );
}
