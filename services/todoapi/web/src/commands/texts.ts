import english from "../i18n/en/commands.json";
import { addEnglish } from "../i18n/i18n";

addEnglish("commands", english);
