// Package storage provides the claims of a cluster with folders of this machine.
package storage

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// Provisioner is the name that the storage class calls this package by.
const Provisioner = "local.todoplatform.dev/folder"

// Run makes and removes volumes for claims until the context ends. dir receives one folder a volume.
func Run(ctx context.Context, client kubernetes.Interface, dir string) {
	controller.NewProvisionController(ctx, client, Provisioner, &folders{dir: dir}, controller.LeaderElection(false)).Run(ctx)
}

type folders struct{ dir string }

// Provision makes the folder of a volume; a folder that is there already is taken as it is.
func (f *folders) Provision(_ context.Context, options controller.ProvisionOptions) (*corev1.PersistentVolume, controller.ProvisioningState, error) {
	path := f.path(options.PVName)
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, controller.ProvisioningFinished, fmt.Errorf("make the folder of a volume: %w", err)
	}
	// Pods run as any user, and not all of them ask for a group of the volume's files.
	if err := os.Chmod(path, 0o777); err != nil { //nolint:gosec // see above
		return nil, controller.ProvisioningFinished, fmt.Errorf("open the folder of a volume: %w", err)
	}
	return f.volume(options, path), controller.ProvisioningFinished, nil
}

// Delete removes the folder of a volume with all in it.
func (f *folders) Delete(_ context.Context, volume *corev1.PersistentVolume) error {
	if err := os.RemoveAll(f.path(volume.Name)); err != nil {
		return fmt.Errorf("remove the folder of a volume: %w", err)
	}
	return nil
}

func (f *folders) path(volume string) string { return filepath.Join(f.dir, filepath.Base(volume)) }

func (f *folders) volume(options controller.ProvisionOptions, path string) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: corev1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   options.PVC.Spec.AccessModes,
			Capacity:                      options.PVC.Spec.Resources.Requests,
			PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}},
			NodeAffinity:                  onlyOn(options.SelectedNodeName),
		},
	}
}

// onlyOn binds a volume to the node of its first pod, as if the folder lay there.
func onlyOn(node string) *corev1.VolumeNodeAffinity {
	return &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
		MatchExpressions: []corev1.NodeSelectorRequirement{{
			Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node},
		}},
	}}}}
}
