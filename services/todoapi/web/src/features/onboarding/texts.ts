import english from "../../i18n/en/onboarding.json";
import { addEnglish } from "../../i18n/i18n";

addEnglish("onboarding", english);
