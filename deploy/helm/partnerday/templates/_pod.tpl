{{- /*
The pod template of one component: a container for each of its roles.
  root       the chart's context
  component  label value; one autoscaler, disruption budget and spread for each
  roles      list of role names
  managed    true: the Temporal Worker Controller adds Temporal's address, its secrets and the version
*/}}
{{- define "partnerday.podTemplate" -}}
{{- $v := .root.Values -}}
metadata:
  # No version of the chart among them: raising it must not restart a worker.
  labels:
    {{- include "partnerday.selectorLabels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with $v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Partners are read again while the worker runs; partnerday.yaml is not.
    checksum/settings: {{ $v.config.settings | toJson | sha256sum | trunc 16 | quote }}
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "partnerday.podBasics" .root | nindent 2 }}
  terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with concat $v.tolerations (ternary $v.spot.tolerations list $v.spot.enabled) }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- $keys := list "topology.kubernetes.io/zone" }}
    {{- if $v.spot.enabled }}{{ $keys = prepend $keys $v.spot.topologyKey }}{{ end }}
    {{- range $keys }}
    - topologyKey: {{ . }}
      maxSkew: 1
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "partnerday.selectorLabels" $.root | nindent 10 }}
          app.kubernetes.io/component: {{ $.component }}
      # The pods of an earlier revision, on their way out, do not count.
      matchLabelKeys: [pod-template-hash]
    {{- end }}
  containers:
    {{- range .roles }}
    {{- include "partnerday.container" (dict "root" $.root "role" . "managed" $.managed) | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "partnerday.volumes" (dict "root" .root "managed" .managed) | nindent 4 }}
{{- end }}

{{- /* Fit for the "restricted" Pod Security Standard. */}}
{{- define "partnerday.podBasics" -}}
serviceAccountName: {{ include "partnerday.serviceAccountName" . }}
# Workers never ask the Kubernetes API.
automountServiceAccountToken: false
# A Service's variables are named after it (PARTNERDAY_METRICS_PORT=tcp://...) and would be taken for settings.
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "partnerday.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "partnerday.container" -}}
{{- $v := .root.Values }}
{{- $role := .role }}
{{- $values := index $v.roles $role -}}
- name: {{ $role }}
  image: {{ include "partnerday.image" .root }}
  imagePullPolicy: {{ $v.image.pullPolicy }}
  {{- if eq $role "serve" }}
  args: [serve, --config, /config, --host, 0.0.0.0, --port, {{ $values.port | quote }}]
  {{- else }}
  args: [worker, --config, /config, --role, {{ $role }}]
  {{- end }}
  env:
    - name: PARTNERDAY_PROBE_PORT
      value: {{ include "partnerday.probePort" $role | quote }}
    {{- if and $v.metrics.enabled (ne $role "serve") }}
    - name: PARTNERDAY_METRICS_PORT
      value: {{ include "partnerday.metricsPort" . | quote }}
    {{- end }}
    - name: PARTNERDAY_GRACE_SECONDS
      value: {{ $v.graceSeconds | quote }}
    - name: PARTNERDAY_LOG_LEVEL
      value: {{ $v.logLevel }}
    {{- if eq $role "extract" }}
    - name: PARTNERDAY_EXTRACT_SLOTS
      value: {{ $values.slots | quote }}
    {{- else if eq $role "merge" }}
    - name: PARTNERDAY_MERGE_SLOTS
      value: {{ $values.slots | quote }}
    {{- end }}
    {{- include "partnerday.env" . | nindent 4 }}
  {{- include "partnerday.envFrom" $values.existingSecrets | nindent 2 }}
  ports:
    - name: probes-{{ $role }}
      containerPort: {{ include "partnerday.probePort" $role }}
    {{- if and $v.metrics.enabled (ne $role "serve") }}
    - name: metrics-{{ $role }}
      containerPort: {{ include "partnerday.metricsPort" . }}
    {{- end }}
    {{- if eq $role "serve" }}
    - name: http
      containerPort: {{ $values.port }}
    {{- end }}
  # Probes answer once the worker has reached the store and Temporal, and polls.
  startupProbe:
    httpGet:
      path: /livez
      port: probes-{{ $role }}
    periodSeconds: 2
    failureThreshold: 60
  # A worker that has failed, or whose event loop has stood still for 30 s.
  livenessProbe:
    httpGet:
      path: /livez
      port: probes-{{ $role }}
    periodSeconds: 20
    timeoutSeconds: 10
    failureThreshold: 3
  # Polling; no longer when it drains.
  readinessProbe:
    httpGet:
      path: /readyz
      port: probes-{{ $role }}
    periodSeconds: 5
    timeoutSeconds: 5
  resources:
    {{- toYaml $values.resources | nindent 4 }}
  securityContext:
    {{- include "partnerday.containerSecurity" . | nindent 4 }}
  volumeMounts:
    {{- include "partnerday.volumeMounts" . | nindent 4 }}
{{- end }}

{{- /* All variables of these secrets. */}}
{{- define "partnerday.envFrom" -}}
{{- with . -}}
envFrom:
  {{- range . }}
  - secretRef:
      name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* Where the store and Temporal are. */}}
{{- define "partnerday.env" -}}
{{- $v := .root.Values }}
{{- $tls := $v.temporal.tls -}}
- name: PARTNERDAY_STORE
  value: {{ $v.store.url | quote }}
- name: AWS_REGION
  value: {{ $v.store.region | quote }}
{{- with $v.store.endpoint }}
- name: AWS_ENDPOINT_URL_S3
  value: {{ . | quote }}
{{- end }}
{{- with $v.store.existingSecret }}
{{- range $key := list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" "AWS_SESSION_TOKEN" }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef:
      name: {{ $v.store.existingSecret }}
      key: {{ $key }}
      {{- if eq $key "AWS_SESSION_TOKEN" }}
      optional: true
      {{- end }}
{{- end }}
{{- end }}
{{- if not .managed }}
- name: TEMPORAL_ADDRESS
  value: {{ $v.temporal.address | quote }}
- name: TEMPORAL_NAMESPACE
  value: {{ $v.temporal.namespace | quote }}
{{- with $v.temporal.apiKey.existingSecret }}
- name: TEMPORAL_API_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $v.temporal.apiKey.key }}
{{- end }}
{{- if $tls.enabled }}
- name: TEMPORAL_TLS
  value: "true"
{{- end }}
{{- if $tls.clientSecret }}
- name: TEMPORAL_TLS_CLIENT_CERT_PATH
  value: /etc/temporal/tls/tls.crt
- name: TEMPORAL_TLS_CLIENT_KEY_PATH
  value: /etc/temporal/tls/tls.key
{{- end }}
{{- with $tls.serverName }}
- name: TEMPORAL_TLS_SERVER_NAME
  value: {{ . | quote }}
{{- end }}
{{- with $v.versioning.deploymentName }}
- name: TEMPORAL_DEPLOYMENT_NAME
  value: {{ . | quote }}
- name: TEMPORAL_WORKER_BUILD_ID
  value: {{ $v.versioning.buildId | quote }}
{{- end }}
{{- end }}
{{- if $tls.caSecret }}
- name: TEMPORAL_TLS_SERVER_CA_CERT_PATH
  value: /etc/temporal/ca/ca.crt
{{- end }}
{{- with $v.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "partnerday.volumeMounts" -}}
{{- $v := .root.Values -}}
- name: tmp
  mountPath: /tmp
{{- if $v.config.existingClaim }}
- name: config
  mountPath: /config
  readOnly: true
  {{- with $v.config.claimSubPath }}
  subPath: {{ . }}
  {{- end }}
{{- else }}
- name: partners
  mountPath: /config/partners
  readOnly: true
{{- if $v.config.settings }}
- name: settings
  mountPath: /config/partnerday.yaml
  subPath: partnerday.yaml
  readOnly: true
{{- end }}
{{- end }}
{{- if and $v.temporal.tls.clientSecret (not .managed) }}
- name: temporal-tls
  mountPath: /etc/temporal/tls
  readOnly: true
{{- end }}
{{- if $v.temporal.tls.caSecret }}
- name: temporal-ca
  mountPath: /etc/temporal/ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "partnerday.volumes" -}}
{{- $v := .root.Values -}}
# Workers stage nothing on disk but what rules across tables look at; the limit reserves nothing.
- name: tmp
  emptyDir:
    sizeLimit: 8Gi
{{- if $v.config.existingClaim }}
- name: config
  persistentVolumeClaim:
    claimName: {{ $v.config.existingClaim }}
    readOnly: true
{{- else }}
- name: partners
  configMap:
    name: {{ $v.config.existingConfigMap | default (printf "%s-partners" (include "partnerday.fullname" .root)) }}
{{- if $v.config.settings }}
- name: settings
  configMap:
    name: {{ include "partnerday.fullname" .root }}-settings
{{- end }}
{{- end }}
{{- if and $v.temporal.tls.clientSecret (not .managed) }}
- name: temporal-tls
  secret:
    secretName: {{ $v.temporal.tls.clientSecret }}
{{- end }}
{{- if $v.temporal.tls.caSecret }}
- name: temporal-ca
  secret:
    secretName: {{ $v.temporal.tls.caSecret }}
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- end }}
