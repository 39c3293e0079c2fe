package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// EmbeddedDatabase describes a PostgreSQL that the operator runs itself.
//
// +kubebuilder:validation:XValidation:rule="!has(self.image) || self.image.matches('^[^@]+:(1[5-9]|[2-9][0-9])([.-][^@]*)?(@.+)?$')",message="database.embedded.image: the tag must begin with PostgreSQL's major version, 15 or later, as in postgres:18.1 or postgres:18.1@sha256:…, because no other can read the volume"
type EmbeddedDatabase struct {
	EmbeddedSpec `json:",inline"`
	// MaxConnections is how many connections the server takes; a message of DatabaseReady says when services may ask
	// for more. Each takes some megabytes of the server's memory. A change restarts the server. Default: 200.
	// +kubebuilder:validation:XValidation:rule="self >= 50 && self <= 5000",message="database.embedded.maxConnections: must be from 50 to 5000"
	// +optional
	MaxConnections *int32 `json:"maxConnections,omitempty"`
	// Backup makes backups of the database, and of the keys that its data depends on. Default: none are made.
	// +optional
	Backup *BackupSpec `json:"backup,omitempty"`
	// Restore fills the database from a backup while it is empty, as that of a new platform is. It does
	// nothing to a database that holds something.
	// +optional
	Restore *RestoreSpec `json:"restore,omitempty"`
}

// BackupSpec says when backups are made, and where they go.
//
// +kubebuilder:validation:XValidation:rule="has(self.volume) != has(self.s3)",message="database.embedded.backup: set volume or s3, one of them"
type BackupSpec struct {
	// Schedule says when, in UTC and in cron's five fields, as in "0 3 * * *" for each night at three, or as in @daily.
	// +kubebuilder:validation:MaxLength=100
	// +kubebuilder:validation:XValidation:rule="self.matches('^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|[0-9A-Za-z*/,-]+( [0-9A-Za-z*/,-]+){4})$')",message="database.embedded.backup.schedule: must have cron's five fields, as in 0 3 * * *"
	Schedule string `json:"schedule"`
	// Keep is how many backups of one database are kept: the oldest go once a newer one was made and read again. Default: 7.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	Keep *int32 `json:"keep,omitempty"`
	// Suspend makes no more backups by the schedule until it is false again.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
	// Volume keeps backups in a volume, which the operator makes and never deletes: postgres-backup.
	// +optional
	Volume *BackupVolume `json:"volume,omitempty"`
	// S3 keeps backups in a bucket of an S3-compatible store.
	// +optional
	S3 *S3Spec `json:"s3,omitempty"`
}

// BackupVolume describes the volume of backups.
type BackupVolume struct {
	// Storage is the size of the volume; it may only grow, if the storage class can. Default: 2Gi.
	// +optional
	Storage *resource.Quantity `json:"storage,omitempty"`
	// StorageClassName of the volume. Default: the cluster's default class. Cannot change.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	StorageClassName *string `json:"storageClassName,omitempty"`
}

// S3Spec tells how to reach a bucket of an S3-compatible store.
type S3Spec struct {
	// Endpoint of the store, as in https://s3.eu-central-1.amazonaws.com. With http, backups cross the network in plain text.
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/?#@[:space:]]+$')",message="s3.endpoint: must be http(s)://host[:port] without a path, as in https://s3.eu-central-1.amazonaws.com"
	Endpoint string `json:"endpoint"`
	// Region of the bucket. Default: us-east-1, which stores that know no regions take.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9-]*$')",message="s3.region: must be a name as in eu-central-1"
	// +optional
	Region string `json:"region,omitempty"`
	// Bucket that holds the backups. It has to be there.
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9][a-z0-9.-]+[a-z0-9]$')",message="s3.bucket: must be the name of a bucket"
	Bucket string `json:"bucket"`
	// Prefix of the backups' keys, a folder so to say. Default: namespace and name of the platform, as in todo/todo.
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9!_.*()-]+(/[A-Za-z0-9!_.*()-]+)*$')",message="s3.prefix: must be names with slashes between them, as in backups/todo"
	// +optional
	Prefix string `json:"prefix,omitempty"`
	// SecretRef names a Secret with the keys accessKeyID and secretAccessKey.
	SecretRef SecretReference `json:"secretRef"`
}

// RestoreSpec names a backup.
//
// +kubebuilder:validation:XValidation:rule="has(self.volume) != has(self.s3)",message="database.embedded.restore: set volume or s3, one of them"
type RestoreSpec struct {
	// Backup is the name of the backup, as in 20261130T030000Z-1f2e3d.tar. Default: the newest there.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}[.]tar$')",message="database.embedded.restore.backup: must be the name of a backup, as in 20261130T030000Z-1f2e3d.tar"
	// +optional
	Backup string `json:"backup,omitempty"`
	// Volume holds the backup.
	// +optional
	Volume *RestoreVolume `json:"volume,omitempty"`
	// S3 tells of a bucket that holds the backup.
	// +optional
	S3 *S3Spec `json:"s3,omitempty"`
}

// RestoreVolume names a volume that holds backups.
type RestoreVolume struct {
	// ClaimName names the PersistentVolumeClaim in the namespace of the platform, as in postgres-backup.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ClaimName string `json:"claimName"`
}

// BackupStatus reports the backups.
type BackupStatus struct {
	// LastSuccessTime is when the last backup was made that ended well.
	// +optional
	LastSuccessTime *metav1.Time `json:"lastSuccessTime,omitempty"`
}
