package contract

import "path"

// What the containers of a backup, and of a restore, hand to each other lies in BackupScratch.
const (
	BackupScratch = "/scratch"
	// BackupDump is what pg_dump wrote, in its custom format.
	BackupDump = BackupScratch + "/database.dump"
	// BackupSecrets has a folder for each Secret of BackedUpSecrets, with a file for each key.
	BackupSecrets = BackupScratch + "/secrets"
	// BackupSecretsMount is where the Secrets are mounted that a backup holds, laid out like BackupSecrets.
	BackupSecretsMount = "/secrets"
	// BackupVolume is where the volume of backups is mounted.
	BackupVolume = "/backups"
	// RestoreScript is what PostgreSQL executes in one transaction, in the order of their names, with the
	// script of the dump between them: it refuses a database that holds something, and makes the roles of the
	// dump; afterwards it gives them the names that the platform's roles have.
	RestoreScriptBefore = BackupScratch + "/1-before.sql"
	RestoreScriptDump   = BackupScratch + "/2-database.sql"
	RestoreScriptAfter  = BackupScratch + "/3-after.sql"
)

// Environment variables of backups and restores. The roles of schemas are told as to the migration, by
// EnvMigrateRolePrefix.
const (
	// EnvBackupDatabaseURL is the connection of the database's administrator.
	EnvBackupDatabaseURL = "BACKUP_DATABASE_URL"
	// EnvBackupDatabaseAddress is where the database answers, as in postgres.todo.svc:5432.
	EnvBackupDatabaseAddress = "BACKUP_DATABASE_ADDRESS"
	// EnvBackupPlatform names the platform, as in todo/todo.
	EnvBackupPlatform = "BACKUP_PLATFORM"
	// EnvBackupVersion is the version of the platform.
	EnvBackupVersion = "BACKUP_VERSION"
	// EnvBackupKeep is how many backups are kept.
	EnvBackupKeep = "BACKUP_KEEP"
	// EnvBackupName names the backup to restore. Empty: the newest.
	EnvBackupName = "BACKUP_NAME"
	// EnvBackupFolder is the folder that holds backups. Empty: a bucket does.
	EnvBackupFolder = "BACKUP_FOLDER"
	// EnvBackupS3Endpoint is the URL of an S3-compatible store, EnvBackupS3Bucket a bucket there in
	// EnvBackupS3Region, and EnvBackupS3Prefix what the keys of backups begin with.
	EnvBackupS3Endpoint = "BACKUP_S3_ENDPOINT"
	EnvBackupS3Region   = "BACKUP_S3_REGION"
	EnvBackupS3Bucket   = "BACKUP_S3_BUCKET"
	EnvBackupS3Prefix   = "BACKUP_S3_PREFIX"
	// EnvBackupS3KeyID and EnvBackupS3Key log in to the store.
	EnvBackupS3KeyID = "BACKUP_S3_ACCESS_KEY_ID"
	EnvBackupS3Key   = "BACKUP_S3_SECRET_ACCESS_KEY"
	// EnvHandoverSecret names the Secret, as in todo/postgres-restore, into which a restore puts the Secrets of the backup.
	EnvHandoverSecret = "HANDOVER_SECRET"
)

// Keys of the Secret that logs in to an S3-compatible store.
const (
	SecretKeyAccessKeyID     = "accessKeyID"
	SecretKeySecretAccessKey = "secretAccessKey"
)

// SecretKeyHandover is the key of the Secret of a restore that holds Handover in JSON.
const SecretKeyHandover = "secrets.json"

// Handover holds the Secrets of a backup: the value of each key, by the name in BackedUpSecrets.
type Handover map[string]map[string][]byte

// BackedUpSecrets lists, by the name that they have in a backup, the keys of the Secrets that a platform
// cannot make anew without a loss.
func BackedUpSecrets() map[string][]string {
	return map[string][]string{
		"signing-keys":  {SecretKeySigning},
		"audit-keys":    {SecretKeySigning},
		"audit-heads":   {"heads.ndjson", "keys.json"},
		"web-push-keys": {SecretKeyPushPrivate, SecretKeyPushPublic},
		"identity":      {"id"},
	}
}

// BackedUpSecret is where a key of a Secret lies below BackupSecrets.
func BackedUpSecret(name, key string) string { return path.Join(name, key) }
