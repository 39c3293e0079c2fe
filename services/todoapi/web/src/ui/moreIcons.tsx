import { dot, Icon } from "./icons";

/* The icons of what is fetched later: the start need not bring them. */

// Views and deeds
export const ProjectIcon = () => <Icon><path d="M8 3 6.5 17M13.5 3 12 17M3.5 7.3h13.4M3.1 12.7h13.4" /></Icon>;
export const SettingsIcon = () => <Icon><path d="M3 6h7M14.5 6H17M3 14h2.5M10 14h7" /><circle cx="12.2" cy="6" r="2.2" /><circle cx="7.8" cy="14" r="2.2" /></Icon>;
export const ListIcon = () => <Icon turns><path d={`M7.5 5H17M7.5 10H17M7.5 15H17`} /><path d={`${dot(3.7, 5)}${dot(3.7, 10)}${dot(3.7, 15)}`} strokeWidth="2.2" /></Icon>;
export const BoardIcon = () => <Icon><rect x="3" y="3.5" width="3.8" height="13" rx="1.2" /><rect x="8.1" y="3.5" width="3.8" height="8.5" rx="1.2" /><rect x="13.2" y="3.5" width="3.8" height="10.5" rx="1.2" /></Icon>;
export const EditIcon = () => <Icon><path d="m12.3 4.6 3.1 3.1M3.8 16.2l.7-3.4 8.6-8.6a1.5 1.5 0 0 1 2.1 0l.6.6a1.5 1.5 0 0 1 0 2.1l-8.6 8.6z" /></Icon>;
export const UndoIcon = () => <Icon turns><path d="M6.5 4 3 7.5 6.5 11" /><path d="M3.2 7.5h8.3a4.7 4.7 0 0 1 0 9.5H7.5" /></Icon>;
export const CopyIcon = () => <Icon><rect x="7" y="7" width="10" height="10" rx="2" /><path d="M13 4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13" /></Icon>;
export const DuplicateIcon = () => <Icon><rect x="7" y="7" width="10" height="10" rx="2" /><path d="M13 4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13M12 9.7v4.6M9.7 12h4.6" /></Icon>;
export const LinkIcon = () => <Icon><path d="M8.4 11.6a3.2 3.2 0 0 0 4.5 0l2.9-2.9a3.2 3.2 0 0 0-4.5-4.5l-.9.9" /><path d="M11.6 8.4a3.2 3.2 0 0 0-4.5 0l-2.9 2.9a3.2 3.2 0 0 0 4.5 4.5l.9-.9" /></Icon>;
export const DownloadIcon = () => <Icon><path d="M10 3v9.5M6.3 9 10 12.7 13.7 9M3.5 16.5h13" /></Icon>;
export const UploadIcon = () => <Icon><path d="M10 13V3.5M6.3 7 10 3.3 13.7 7M3.5 16.5h13" /></Icon>;
export const ArchiveIcon = () => <Icon><rect x="2.8" y="3.5" width="14.4" height="3.8" rx="1.2" /><path d="M4.2 7.3v7.7a1.5 1.5 0 0 0 1.5 1.5h8.6a1.5 1.5 0 0 0 1.5-1.5V7.3M8 10.5h4" /></Icon>;
export const PlayIcon = () => <Icon><path d="M6.5 4.4v11.2a.6.6 0 0 0 .9.5l8.8-5.6a.6.6 0 0 0 0-1L7.4 3.9a.6.6 0 0 0-.9.5Z" /></Icon>;
export const SkipIcon = () => <Icon><path d="M4.5 4.9v10.2a.6.6 0 0 0 .9.5l7.6-5.1a.6.6 0 0 0 0-1L5.4 4.4a.6.6 0 0 0-.9.5ZM15.7 4.5v11" /></Icon>;
export const SignOutIcon = () => <Icon turns><path d="M8 3.5H5.5A1.5 1.5 0 0 0 4 5v10a1.5 1.5 0 0 0 1.5 1.5H8M8.5 10H17M13.7 6.7 17 10l-3.3 3.3" /></Icon>;
export const SendIcon = () => <Icon><path d="M10 16V4.5M5 9.3l5-5 5 5" strokeWidth="1.7" /></Icon>;
export const RefreshIcon = () => <Icon><path d="M16.2 8.2A6.5 6.5 0 0 0 4.3 7M16.5 3.8v4.4h-4.4M3.8 11.8A6.5 6.5 0 0 0 15.7 13M3.5 16.2v-4.4h4.4" /></Icon>;

export const ExpandIcon = () => <Icon turns><path d="M11.5 3.5h5v5M16.2 3.8l-5 5M8.5 16.5h-5v-5M3.8 16.2l5-5" /></Icon>;
export const HistoryIcon = () => <Icon turns><path d="M3.4 8.2A7 7 0 1 1 3 10M3 4.2v4h4" /><path d="M10 6.4v4l2.6 1.6" /></Icon>;
export const MicrophoneIcon = () => <Icon><rect x="7.2" y="2.5" width="5.6" height="9.4" rx="2.8" /><path d="M4.5 9.6a5.5 5.5 0 0 0 11 0M10 15.1v2.6" /></Icon>;
export const NewChatIcon = () => <Icon><path d="M9.8 3.6H5.3A1.8 1.8 0 0 0 3.5 5.4v9.3a1.8 1.8 0 0 0 1.8 1.8h9.3a1.8 1.8 0 0 0 1.8-1.8v-4.5" /><path d="m14.9 3.2 1.9 1.9-6.3 6.3-2.5.6.6-2.5z" /></Icon>;
export const ChatIcon = () => <Icon turns><path d="M4.5 3.5h11A1.5 1.5 0 0 1 17 5v7.5a1.5 1.5 0 0 1-1.5 1.5H10l-3.8 3v-3H4.5A1.5 1.5 0 0 1 3 12.5V5a1.5 1.5 0 0 1 1.5-1.5Z" /><path d="m10 5.8.9 2.1 2.1.9-2.1.9-.9 2.1-.9-2.1-2.1-.9 2.1-.9z" fill="currentColor" stroke="none" /></Icon>;

// Of a task
export const ClockIcon = () => <Icon><circle cx="10" cy="10" r="7" /><path d="M10 6v4.2l2.7 1.8" /></Icon>;
export const SectionIcon = () => <Icon turns><rect x="3" y="3.5" width="14" height="5" rx="1.5" /><path d="M3 12h14M3 16h9" /></Icon>;
export const StarIcon = () => <Icon><path d="m10 3 2.1 4.4 4.9.7-3.5 3.4.8 4.8-4.3-2.3-4.3 2.3.8-4.8L3 8.1l4.9-.7z" /></Icon>;

// Signs
export const ArrowUpIcon = () => <Icon><path d="M10 16V4M5 9l5-5 5 5" /></Icon>;
export const ArrowDownIcon = () => <Icon><path d="M10 4v12M5 11l5 5 5-5" /></Icon>;
export const ChevronLeftIcon = () => <Icon turns><path d="M12.3 4.8 7.1 10l5.2 5.2" /></Icon>;
export const ChevronsIcon = () => <Icon><path d="m6.8 7.5 3.2-3.2 3.2 3.2M6.8 12.5l3.2 3.2 3.2-3.2" /></Icon>;
export const EyeIcon = () => <Icon><path d="M2.2 10S5 4.8 10 4.8 17.8 10 17.8 10 15 15.2 10 15.2 2.2 10 2.2 10Z" /><circle cx="10" cy="10" r="2.3" /></Icon>;
export const EyeOffIcon = () => <Icon><path d="m3 3 14 14M8.2 5a7 7 0 0 1 1.8-.2c5 0 7.8 5.2 7.8 5.2a13 13 0 0 1-2.3 2.9M5.4 6.3A12.6 12.6 0 0 0 2.2 10S5 15.2 10 15.2c1.5 0 2.8-.5 3.9-1.1M8.4 8.4a2.3 2.3 0 0 0 3.2 3.2" /></Icon>;
export const SunIcon = () => <Icon><circle cx="10" cy="10" r="3.3" /><path d="M10 2.2v1.5M10 16.3v1.5M2.2 10h1.5M16.3 10h1.5M4.5 4.5l1 1M14.5 14.5l1 1M4.5 15.5l1-1M14.5 5.5l1-1" /></Icon>;
export const KeyboardIcon = () => <Icon><rect x="2" y="5" width="16" height="10.5" rx="2.2" /><path d={`${dot(5.2, 8.4)}${dot(8.4, 8.4)}${dot(11.6, 8.4)}${dot(14.8, 8.4)}`} strokeWidth="1.9" /><path d="M6.7 12.2h6.6" /></Icon>;
export const UserIcon = () => <Icon><circle cx="10" cy="6.8" r="3.3" /><path d="M3.8 17c.6-3.1 3.1-4.6 6.2-4.6s5.6 1.5 6.2 4.6" /></Icon>;
export const GlobeIcon = () => <Icon><circle cx="10" cy="10" r="7" /><path d="M3 10h14M10 3c2 2 2.8 4.4 2.8 7S12 15 10 17c-2-2-2.8-4.4-2.8-7S8 5 10 3Z" /></Icon>;
export const LockIcon = () => <Icon><rect x="4" y="8.5" width="12" height="8.5" rx="2" /><path d="M6.8 8.5V6.2a3.2 3.2 0 0 1 6.4 0v2.3" /></Icon>;
export const KeyIcon = () => <Icon><circle cx="6.8" cy="13.2" r="3.5" /><path d="m9.3 10.7 7.2-7.2M13 7l2.2 2.2" /></Icon>;
export const DeviceIcon = () => <Icon><rect x="3" y="3.8" width="14" height="9.4" rx="1.8" /><path d="M7.5 16.5h5M10 13.2v3.3" /></Icon>;
export const MailIcon = () => <Icon><rect x="2.8" y="4.2" width="14.4" height="11.6" rx="2.2" /><path d="m3.3 6 6.7 4.8L16.7 6" /></Icon>;
export const MoveIcon = () => <Icon turns><path d="M3 14.5V5a1.5 1.5 0 0 1 1.5-1.5h3l1.8 2h6.2A1.5 1.5 0 0 1 17 7v7.5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5Z" /><path d="M7.2 10.8h5.2M10.4 8.6l2.2 2.2-2.2 2.2" /></Icon>;
export const FlagIcon = () => <Icon><path d="M4.5 17.5V3.6s1-1 3.6-1 4 1.9 6.4 1.9c1.3 0 2-.3 2-.3v7.9s-.7.4-2 .4c-2.4 0-3.8-1.9-6.4-1.9s-3.6 1-3.6 1" /></Icon>;
