import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const CheckIcon = () => <Icon><path d="m5 12.5 4.5 4.5L19 7.5" /></Icon>;
export const CalendarIcon = () => <Icon><rect x="4" y="5.5" width="16" height="15" rx="3" /><path d="M4 10.5h16M8.5 3v4M15.5 3v4" /></Icon>;
export const RepeatIcon = () => <Icon><path d="m17 2.5 3.5 3.5L17 9.5" /><path d="M3.5 11.5V10a4 4 0 0 1 4-4h13M7 21.5 3.5 18 7 14.5" /><path d="M20.5 12.5V14a4 4 0 0 1-4 4h-13" /></Icon>;
export const BellIcon = () => <Icon><path d="M6.5 9.5a5.5 5.5 0 0 1 11 0c0 5.5 2 6.5 2 6.5h-15s2-1 2-6.5M10 19.5a2.2 2.2 0 0 0 4 0" /></Icon>;
export const NoteIcon = () => <Icon><path d="M5 7h14M5 12h14M5 17h8" /></Icon>;
export const PlusIcon = () => <Icon><path d="M12 5v14M5 12h14" /></Icon>;
export const CloseIcon = () => <Icon><path d="m6 6 12 12M18 6 6 18" /></Icon>;
export const MoreIcon = () => <Icon><path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" /></Icon>;
export const ChevronIcon = () => <Icon><path d="m9 5.5 6.5 6.5L9 18.5" /></Icon>;
export const ActivityIcon = () => <Icon><path d="M3 12h4l3-8 4.5 16 3-8H21" /></Icon>;
export const KeyboardIcon = () => <Icon><rect x="2.5" y="6" width="19" height="12.5" rx="3" /><path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14.5h8" /></Icon>;
export const UserIcon = () => <Icon><circle cx="12" cy="8" r="4" /><path d="M4.5 20.5c.8-3.8 3.8-5.5 7.5-5.5s6.7 1.7 7.5 5.5" /></Icon>;

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect className="logo-tile" width="32" height="32" rx="9" />
      <path className="logo-tick" d="m9.5 16.6 4.4 4.4 8.8-9.6" />
    </svg>
  );
}
