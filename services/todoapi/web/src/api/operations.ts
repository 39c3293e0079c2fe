import type * as Api from "./generated/types.gen.ts";

/** What an operation takes, as the generated types have it. */
export interface Taken {
  url: string;
  body?: unknown;
  path?: unknown;
  query?: unknown;
  headers?: unknown;
}

/** One operation of the API: what it takes and gives is the business of the types alone. */
export interface Operation<Takes extends Taken, Gives> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: Takes["url"];
  readonly types?: { takes: Takes; gives: Gives };
}

/** The answer of an operation by its answers by status. */
type Answer<Answers> = Answers[keyof Answers];

/** The members of what an operation takes that a caller must or may fill in. */
export type Input<Takes extends Taken> = {
  [Part in keyof Takes as Part extends "url" ? never : [Takes[Part]] extends [undefined] ? never : Part]: Takes[Part];
};

function operation<Takes extends Taken, Gives>(method: Operation<Takes, Gives>["method"], path: Takes["url"]): Operation<Takes, Gives> {
  return { method, path };
}

/** The operations that the page uses. A path, a body or an answer that the API no longer has fails the check of types. */
export const operations = {
  signUp: operation<Api.SignUpData, Api.SignUpResponse>("POST", "/auth/sign-up"),
  login: operation<Api.LoginData, Api.LoginResponse>("POST", "/auth/login"),
  verifyEmail: operation<Api.VerifyEmailData, Api.VerifyEmailResponse>("POST", "/auth/verify-email"),
  requestPasswordReset: operation<Api.RequestPasswordResetData, Answer<Api.RequestPasswordResetResponses>>("POST", "/auth/password-reset"),
  confirmPasswordReset: operation<Api.ConfirmPasswordResetData, Api.ConfirmPasswordResetResponse>("POST", "/auth/password-reset/confirm"),
  refresh: operation<Api.RefreshData, Api.RefreshResponse>("POST", "/auth/refresh"),
  logout: operation<Api.LogoutData, Api.LogoutResponse>("POST", "/auth/logout"),
  getMe: operation<Api.GetMeData, Api.GetMeResponse>("GET", "/me"),
  requestVerification: operation<Api.RequestVerificationData, Answer<Api.RequestVerificationResponses>>("POST", "/me/verification"),
  sync: operation<Api.SyncData, Api.SyncResponse>("GET", "/sync"),
  listAuditEntries: operation<Api.ListAuditEntriesData, Api.ListAuditEntriesResponse>("GET", "/audit"),
  listTasks: operation<Api.ListTasksData, Api.ListTasksResponse>("GET", "/tasks"),
  createTask: operation<Api.CreateTaskData, Api.CreateTaskResponse>("POST", "/tasks"),
  editTask: operation<Api.EditTaskData, Api.EditTaskResponse>("PATCH", "/tasks/{id}"),
  deleteTask: operation<Api.DeleteTaskData, Api.DeleteTaskResponse>("DELETE", "/tasks/{id}"),
  completeTask: operation<Api.CompleteTaskData, Api.CompleteTaskResponse>("POST", "/tasks/{id}/complete"),
  reopenTask: operation<Api.ReopenTaskData, Api.ReopenTaskResponse>("POST", "/tasks/{id}/reopen"),
  previewQuickAdd: operation<Api.PreviewQuickAddData, Api.PreviewQuickAddResponse>("POST", "/previews/quick-add"),
  previewRecurrence: operation<Api.PreviewRecurrenceData, Api.PreviewRecurrenceResponse>("POST", "/previews/recurrence"),
  listSessions: operation<Api.ListSessionsData, Api.ListSessionsResponse>("GET", "/sessions"),
  endSession: operation<Api.EndSessionData, Api.EndSessionResponse>("DELETE", "/sessions/{id}"),
  endSessions: operation<Api.EndSessionsData, Api.EndSessionsResponse>("DELETE", "/sessions"),
  listTokens: operation<Api.ListTokensData, Api.ListTokensResponse>("GET", "/tokens"),
  createToken: operation<Api.CreateTokenData, Api.CreateTokenResponse>("POST", "/tokens"),
  revokeToken: operation<Api.RevokeTokenData, Api.RevokeTokenResponse>("DELETE", "/tokens/{id}"),
  listWebhooks: operation<Api.ListWebhooksData, Api.ListWebhooksResponse>("GET", "/webhooks"),
  createWebhook: operation<Api.CreateWebhookData, Api.CreateWebhookResponse>("POST", "/webhooks"),
  editWebhook: operation<Api.EditWebhookData, Api.EditWebhookResponse>("PATCH", "/webhooks/{id}"),
  deleteWebhook: operation<Api.DeleteWebhookData, Api.DeleteWebhookResponse>("DELETE", "/webhooks/{id}"),
  testWebhook: operation<Api.TestWebhookData, Api.TestWebhookResponse>("POST", "/webhooks/{id}/test"),
  rotateWebhookSecret: operation<Api.RotateWebhookSecretData, Api.RotateWebhookSecretResponse>("POST", "/webhooks/{id}/rotate-secret"),
  listWebhookDeliveries: operation<Api.ListWebhookDeliveriesData, Api.ListWebhookDeliveriesResponse>("GET", "/webhooks/{id}/deliveries"),
  replayWebhookDelivery: operation<Api.ReplayWebhookDeliveryData, Api.ReplayWebhookDeliveryResponse>("POST", "/webhooks/{id}/deliveries/{deliveryId}/replay"),
  exportAll: operation<Api.ExportData, Api.ExportResponse>("GET", "/export"),
  getCalendarFeed: operation<Api.GetCalendarFeedData, Api.GetCalendarFeedResponse>("GET", "/calendar-feed"),
  makeCalendarFeed: operation<Api.MakeCalendarFeedData, Api.MakeCalendarFeedResponse>("POST", "/calendar-feed"),
  endCalendarFeed: operation<Api.EndCalendarFeedData, Api.EndCalendarFeedResponse>("DELETE", "/calendar-feed"),
  startImport: operation<Api.StartImportData, Api.StartImportResponse>("POST", "/imports"),
  listImports: operation<Api.ListImportsData, Api.ListImportsResponse>("GET", "/imports"),
  getImport: operation<Api.GetImportData, Api.GetImportResponse>("GET", "/imports/{id}"),
  cancelImport: operation<Api.CancelImportData, Api.CancelImportResponse>("DELETE", "/imports/{id}"),
  changePassword: operation<Api.ChangePasswordData, Api.ChangePasswordResponse>("PUT", "/me/password"),
  changeEmail: operation<Api.ChangeEmailData, Answer<Api.ChangeEmailResponses>>("PUT", "/me/email"),
  deleteAccount: operation<Api.DeleteAccountData, Api.DeleteAccountResponse>("DELETE", "/me"),
  readAgenda: operation<Api.ReadAgendaData, Api.ReadAgendaResponse>("GET", "/agenda"),
  readStatistics: operation<Api.ReadStatisticsData, Api.ReadStatisticsResponse>("GET", "/statistics"),
  searchTasks: operation<Api.SearchTasksData, Api.SearchTasksResponse>("GET", "/search"),
  countTasks: operation<Api.CountTasksData, Api.CountTasksResponse>("GET", "/counts"),
  listChanges: operation<Api.ListChangesData, Api.ListChangesResponse>("GET", "/changes"),
  applyCommands: operation<Api.ApplyCommandsData, Api.ApplyCommandsResponse>("POST", "/commands"),
  quickAdd: operation<Api.QuickAddData, Api.QuickAddResponse>("POST", "/quick-add"),
  skipTask: operation<Api.SkipTaskData, Api.SkipTaskResponse>("POST", "/tasks/{id}/skip"),
  resumeTask: operation<Api.ResumeTaskData, Api.ResumeTaskResponse>("POST", "/tasks/{id}/resume"),
  undo: operation<Api.UndoData, Api.UndoResponse>("POST", "/undo"),
  getTask: operation<Api.GetTaskData, Api.GetTaskResponse>("GET", "/tasks/{id}"),
  listComments: operation<Api.ListCommentsData, Api.ListCommentsResponse>("GET", "/tasks/{id}/comments"),
  restoreTask: operation<Api.RestoreTaskData, Api.RestoreTaskResponse>("POST", "/tasks/{id}/restore"),
  listAccounts: operation<Api.ListAccountsData, Api.ListAccountsResponse>("GET", "/admin/accounts"),
  manageAccount: operation<Api.ManageAccountData, Api.ManageAccountResponse>("PATCH", "/admin/accounts/{id}"),
  readFigures: operation<Api.ReadFiguresData, Api.ReadFiguresResponse>("GET", "/admin/figures"),
  listInvitations: operation<Api.ListInvitationsData, Api.ListInvitationsResponse>("GET", "/admin/invitations"),
  createInvitation: operation<Api.CreateInvitationData, Api.CreateInvitationResponse>("POST", "/admin/invitations"),
  withdrawInvitation: operation<Api.WithdrawInvitationData, Api.WithdrawInvitationResponse>("DELETE", "/admin/invitations/{id}"),
};
