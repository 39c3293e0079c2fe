import type { ReactNode } from "react";

/**
 * The icons of what is on the screen from the start; others are in moreIcons.tsx. All have one grid
 * of 20 and one stroke, and take the colour of the words beside them. They say nothing by themselves. One that
 * turns points along the line, whichever way that runs.
 */
export function Icon({ turns = false, children }: { turns?: boolean; children: ReactNode }) {
  return (
    <svg
      className={turns ? "icon turns" : "icon"}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** A dot: a line without length has round ends only. */
export const dot = (x: number, y: number) => `M${x} ${y}h.01`;

// Views
export const InboxIcon = () => <Icon><path d="M3 11.5 5 4.9A1.5 1.5 0 0 1 6.4 3.8h7.2A1.5 1.5 0 0 1 15 4.9l2 6.6v3.2a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.7z" /><path d="M3 11.5h3.8l1 2h4.4l1-2H17" /></Icon>;
export const TodayIcon = () => <Icon><rect x="3" y="4" width="14" height="13" rx="2.5" /><path d="M3 8h14M7 2.5V5M13 2.5V5" /><path d="m7.6 12.6 1.7 1.6 3.2-3.4" /></Icon>;
export const UpcomingIcon = () => <Icon><rect x="3" y="4" width="14" height="13" rx="2.5" /><path d="M3 8h14M7 2.5V5M13 2.5V5" /><path d={`${dot(7, 11)}${dot(10, 11)}${dot(13, 11)}${dot(7, 14)}${dot(10, 14)}`} strokeWidth="1.9" /></Icon>;
export const CalendarIcon = () => <Icon><rect x="3" y="4" width="14" height="13" rx="2.5" /><path d="M3 8h14M7 2.5V5M13 2.5V5" /></Icon>;
export const TagIcon = () => <Icon><path d="M3.5 4.8v4.6c0 .4.2.8.5 1.1l6 6a1.5 1.5 0 0 0 2.1 0l4.4-4.4a1.5 1.5 0 0 0 0-2.1l-6-6c-.3-.3-.7-.5-1.1-.5H4.8c-.7 0-1.3.6-1.3 1.3Z" /><path d={dot(7, 7)} strokeWidth="2.2" /></Icon>;
export const FilterIcon = () => <Icon><path d="M3 5.5h14M5.5 10h9M8 14.5h4" /></Icon>;
export const SearchIcon = () => <Icon><circle cx="9" cy="9" r="5.5" /><path d="m13.2 13.2 3.8 3.8" /></Icon>;
export const CompletedIcon = () => <Icon><circle cx="10" cy="10" r="7" /><path d="m6.9 10.2 2.2 2.1 4-4.3" /></Icon>;
export const TrashIcon = () => <Icon><path d="M3.5 5.5h13M8 5.5V4a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v1.5M5 5.5l.7 10a1.5 1.5 0 0 0 1.5 1.5h5.6a1.5 1.5 0 0 0 1.5-1.5l.7-10M8.3 9v4.5M11.7 9v4.5" /></Icon>;
export const DashboardIcon = () => <Icon><path d="M3.5 16.5h13M5.5 16.5V11M10 16.5V4M14.5 16.5V8" strokeWidth="1.7" /></Icon>;
export const ActivityIcon = () => <Icon><path d="M2.5 10.5H6L8.3 4l3.6 12.2 2.3-5.7h3.3" /></Icon>;
export const BrowseIcon = () => <Icon turns><path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h8" /></Icon>;

// Deeds
export const PlusIcon = () => <Icon><path d="M10 4v12M4 10h12" /></Icon>;
export const CheckIcon = () => <Icon><path d="m4.5 10.5 3.8 3.7 7.2-7.9" strokeWidth="1.8" /></Icon>;
export const CloseIcon = () => <Icon><path d="m5.2 5.2 9.6 9.6M14.8 5.2l-9.6 9.6" /></Icon>;
export const MoreIcon = () => <Icon><path d={`${dot(4.5, 10)}${dot(10, 10)}${dot(15.5, 10)}`} strokeWidth="2.4" /></Icon>;
export const PauseIcon = () => <Icon><path d="M7 4.5v11M13 4.5v11" strokeWidth="1.9" /></Icon>;
export const DragIcon = () => <Icon><path d={`${dot(7.5, 5)}${dot(12.5, 5)}${dot(7.5, 10)}${dot(12.5, 10)}${dot(7.5, 15)}${dot(12.5, 15)}`} strokeWidth="2.4" /></Icon>;

// Of a task
export const BellIcon = () => <Icon><path d="M5 8.2a5 5 0 0 1 10 0c0 4.6 1.7 5.6 1.7 5.6H3.3S5 12.8 5 8.2ZM8.2 16.3a2 2 0 0 0 3.6 0" /></Icon>;
export const RepeatIcon = () => <Icon><path d="m13.8 2.5 2.7 2.7-2.7 2.7M3.5 9.5V8.2a3 3 0 0 1 3-3h10M6.2 17.5l-2.7-2.7 2.7-2.7M16.5 10.5v1.3a3 3 0 0 1-3 3h-10" /></Icon>;
export const DeadlineIcon = () => <Icon><circle cx="10" cy="10" r="7" /><circle cx="10" cy="10" r="3.4" /><path d={dot(10, 10)} strokeWidth="2" /></Icon>;
export const NoteIcon = () => <Icon turns><path d="M4 5.5h12M4 10h12M4 14.5h7" /></Icon>;
export const CommentIcon = () => <Icon><path d="M4.5 3.5h11A1.5 1.5 0 0 1 17 5v7.5a1.5 1.5 0 0 1-1.5 1.5H10l-3.8 3v-3H4.5A1.5 1.5 0 0 1 3 12.5V5a1.5 1.5 0 0 1 1.5-1.5Z" /></Icon>;
export const SubtaskIcon = () => <Icon turns><circle cx="5" cy="4.5" r="1.8" /><path d="M5 6.3v5.2a3 3 0 0 0 3 3h3.2M5 9.5h6.2" /><circle cx="13.5" cy="9.5" r="1.8" /><circle cx="13.5" cy="14.5" r="1.8" /></Icon>;

// Signs
export const ChevronIcon = () => <Icon turns><path d="m7.7 4.8 5.2 5.2-5.2 5.2" /></Icon>;
export const ChevronDownIcon = () => <Icon><path d="m4.8 7.5 5.2 5.2 5.2-5.2" /></Icon>;
export const SidebarIcon = () => <Icon><rect x="2.8" y="3.8" width="14.4" height="12.4" rx="2.5" /><path d="M7.8 3.8v12.4" /></Icon>;
export const WarningIcon = () => <Icon><path d="m8.7 4-6 10.4A1.5 1.5 0 0 0 4 16.6h12a1.5 1.5 0 0 0 1.3-2.2L11.3 4a1.5 1.5 0 0 0-2.6 0ZM10 8v3.4" /><path d={dot(10, 13.8)} strokeWidth="2" /></Icon>;
export const InfoIcon = () => <Icon><circle cx="10" cy="10" r="7" /><path d="M10 9.3v4" /><path d={dot(10, 6.7)} strokeWidth="2" /></Icon>;
export const OfflineIcon = () => <Icon><path d="m3 3 14 14M8.2 5.2A9 9 0 0 1 18 8M2 8a9 9 0 0 1 3.3-2.2M12.2 9.4a6 6 0 0 1 2.9 1.7M4.9 11.1A6 6 0 0 1 8.5 9.3M7.6 13.9a3.5 3.5 0 0 1 4.8 0" /><path d={dot(10, 16.5)} strokeWidth="2.2" /></Icon>;

export function Logo() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <rect fill="var(--accent)" width="32" height="32" rx="9" />
      <path
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="3.2"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="m9.5 16.6 4.4 4.4 8.8-9.6"
      />
    </svg>
  );
}
