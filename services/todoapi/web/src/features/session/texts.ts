import english from "../../i18n/en/session.json";
import { addEnglish } from "../../i18n/i18n";

addEnglish("session", english);
