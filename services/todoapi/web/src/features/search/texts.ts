import english from "../../i18n/en/search.json";
import { addEnglish } from "../../i18n/i18n";

addEnglish("search", english);
