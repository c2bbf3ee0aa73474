{{- define "partnerday.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- /* At most 40 characters: a role's name is appended, and a pod's name must stay within 63. */}}
{{- define "partnerday.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- $name := include "partnerday.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "partnerday.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "partnerday.selectorLabels" -}}
app.kubernetes.io/name: {{ include "partnerday.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "partnerday.labels" -}}
{{ include "partnerday.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ include "partnerday.chart" . }}
{{- end }}

{{- define "partnerday.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{- define "partnerday.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "partnerday.fullname" .) }}
{{- else }}
{{- .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "partnerday.connectionName" -}}
{{- .Values.workerController.existingConnection | default (include "partnerday.fullname" .) }}
{{- end }}

{{- /* The worker roles that are switched on, in a fixed order, as a JSON list: `fromJsonArray` reads it. */}}
{{- define "partnerday.workerRoles" -}}
{{- $roles := list }}
{{- range $role := list "control" "extract" "merge" }}
{{- if (index $.Values.roles $role).enabled }}{{ $roles = append $roles $role }}{{ end }}
{{- end }}
{{- $roles | toJson }}
{{- end }}

{{- /* Those that scale with the load. */}}
{{- define "partnerday.activityRoles" -}}
{{- $roles := list }}
{{- range $role := include "partnerday.workerRoles" . | fromJsonArray }}
{{- if ne $role "control" }}{{ $roles = append $roles $role }}{{ end }}
{{- end }}
{{- $roles | toJson }}
{{- end }}

{{- /* Ports of a role's container. All three may share a pod, so each role has its own. */}}
{{- define "partnerday.probePort" -}}
{{- get (dict "control" 8080 "extract" 8081 "merge" 8082 "serve" 8083) . }}
{{- end }}
{{- define "partnerday.metricsPort" -}}
{{- add .root.Values.metrics.port (get (dict "control" 0 "extract" 1 "merge" 2 "serve" 3) .role) }}
{{- end }}

{{- define "partnerday.temporalPort" -}}
{{- .Values.temporal.address | splitList ":" | last }}
{{- end }}

{{- define "partnerday.storePort" -}}
{{- $host := (urlParse .Values.store.endpoint).host }}
{{- if contains ":" $host }}
{{- $host | splitList ":" | last }}
{{- else if hasPrefix "http://" .Values.store.endpoint -}}
80
{{- else -}}
443
{{- end }}
{{- end }}
