import english from "../../../i18n/en/pane.json";
import { addEnglish } from "../../../i18n/i18n";

addEnglish("pane", english);
