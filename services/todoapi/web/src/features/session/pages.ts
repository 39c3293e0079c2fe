/** The pages of somebody who is not signed in, as one file: each of many would be named in what every visit loads. */
export { LinkPage } from "./LinkPage";
export { SignInPage } from "./SignInPage";
