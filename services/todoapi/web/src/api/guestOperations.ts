import type * as Api from "./generated/types.gen.ts";
import { type Answer, operation } from "./operations";

/** The operations that need nobody signed in, but for those that most visits begin with. */
export const guestOperations = {
  requestPasswordReset: operation<Api.RequestPasswordResetData, Answer<Api.RequestPasswordResetResponses>>("POST", "/auth/password-reset"),
  verifyEmail: operation<Api.VerifyEmailData, Api.VerifyEmailResponse>("POST", "/auth/verify-email"),
  confirmPasswordReset: operation<Api.ConfirmPasswordResetData, Api.ConfirmPasswordResetResponse>("POST", "/auth/password-reset/confirm"),
  readReminderLink: operation<Api.ReadReminderLinkData, Api.ReadReminderLinkResponse>("POST", "/reminder-links/read"),
  unsubscribe: operation<Api.UnsubscribeData, Api.UnsubscribeResponse>("POST", "/reminder-links/unsubscribe"),
  answerReminder: operation<Api.AnswerReminderData, Api.AnswerReminderResponse>("POST", "/reminder-links/answer"),
};
