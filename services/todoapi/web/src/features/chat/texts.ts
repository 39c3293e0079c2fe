import english from "../../i18n/en/chat.json";
import { addEnglish } from "../../i18n/i18n";

addEnglish("chat", english);
