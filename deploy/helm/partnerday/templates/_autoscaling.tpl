{{- /*
The bodies of an autoscaler for the given activity roles.
  root, roles
  target     scaleTargetRef; an empty mapping is filled in by the Temporal Worker Controller
  managed    true: as the controller wants it. The roles then share a pod, and each role's container is looked at
*/}}
{{- define "partnerday.hpaSpec" -}}
{{- $scaling := mergeOverwrite (deepCopy .root.Values.autoscaling) (ternary dict (index .root.Values.roles (first .roles)).autoscaling .managed) -}}
scaleTargetRef:
  {{- toYaml .target | nindent 2 }}
minReplicas: {{ $scaling.minReplicas }}
maxReplicas: {{ $scaling.maxReplicas }}
metrics:
  {{- range .roles }}
  {{- if $.managed }}
  - type: ContainerResource
    containerResource:
      name: cpu
      container: {{ . }}
      target:
        type: Utilization
        averageUtilization: {{ $scaling.targetCPUUtilizationPercentage }}
  {{- else }}
  - type: Resource
    resource:
      name: cpu
      target:
        type: Utilization
        averageUtilization: {{ $scaling.targetCPUUtilizationPercentage }}
  {{- end }}
  {{- end }}
behavior:
  {{- toYaml $scaling.behavior | nindent 2 }}
{{- end }}

{{- define "partnerday.scaledObjectSpec" -}}
{{- $v := .root.Values }}
{{- $scaling := mergeOverwrite (deepCopy $v.autoscaling) (ternary dict (index $v.roles (first .roles)).autoscaling .managed) -}}
scaleTargetRef:
  {{- toYaml .target | nindent 2 }}
minReplicaCount: {{ $scaling.minReplicas }}
maxReplicaCount: {{ $scaling.maxReplicas }}
pollingInterval: {{ $scaling.keda.pollingIntervalSeconds }}
advanced:
  horizontalPodAutoscalerConfig:
    behavior:
      {{- toYaml $scaling.behavior | nindent 6 }}
triggers:
  {{- range $role := .roles }}
  # The backlog alone would take busy pods away as soon as nothing waits.
  - type: cpu
    metricType: Utilization
    metadata:
      value: {{ $scaling.targetCPUUtilizationPercentage | quote }}
      {{- if $.managed }}
      containerName: {{ $role }}
      {{- end }}
  - type: temporal
    metadata:
      endpoint: {{ $v.temporal.address | quote }}
      taskQueue: {{ $role }}
      queueTypes: activity
      targetQueueSize: {{ get $scaling.keda.targetQueueSize $role | quote }}
      {{- if $.managed }}
      namespace: ""
      workerDeploymentName: ""
      workerDeploymentBuildId: ""
      {{- else }}
      namespace: {{ $v.temporal.namespace | quote }}
      {{- with $v.versioning.deploymentName }}
      workerDeploymentName: {{ . | quote }}
      workerDeploymentBuildId: {{ $v.versioning.buildId | quote }}
      {{- end }}
      {{- end }}
      {{- with $v.temporal.tls.serverName }}
      tlsServerName: {{ . | quote }}
      {{- end }}
    {{- if or $v.temporal.apiKey.existingSecret $v.temporal.tls.clientSecret }}
    authenticationRef:
      name: {{ include "partnerday.fullname" $.root }}
    {{- end }}
  {{- end }}
{{- end }}
