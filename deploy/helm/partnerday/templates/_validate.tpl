{{- /*
What the schema cannot see: values that contradict each other. Each message names the value and says what to do.
*/}}
{{- define "partnerday.validate" -}}
{{- $v := .Values }}
{{- if not $v.image.repository }}
{{- fail "image.repository is not set: build the Dockerfile, push the image to a registry your cluster can read, and name it, e.g. --set image.repository=registry.example.com/partnerday" }}
{{- end }}
{{- if not $v.store.url }}
{{- fail "store.url is not set, e.g. --set store.url=s3://bucket" }}
{{- end }}
{{- if not $v.temporal.address }}
{{- fail "temporal.address is not set, e.g. --set temporal.address=temporal-frontend.temporal:7233" }}
{{- end }}
{{- $tls := $v.temporal.tls }}
{{- if and (or $tls.clientSecret $tls.caSecret $tls.serverName) (not (or $tls.enabled $v.temporal.apiKey.existingSecret)) }}
{{- fail "temporal.tls has settings, but TLS is off: set temporal.tls.enabled=true" }}
{{- end }}
{{- if and $v.config.existingClaim (or $v.config.existingConfigMap $v.config.partners $v.config.settings) }}
{{- fail "config.existingClaim holds the whole configuration: leave config.partners, config.existingConfigMap and config.settings empty" }}
{{- end }}
{{- if and $v.config.existingConfigMap $v.config.partners }}
{{- fail "set one of config.partners and config.existingConfigMap, not both" }}
{{- end }}
{{- if lt (int $v.terminationGracePeriodSeconds) (add (int $v.graceSeconds) 30) }}
{{- fail (printf "terminationGracePeriodSeconds (%d) must exceed graceSeconds (%d) by 30: a worker takes 20 s more to hand its work over, and must not be killed while it does" (int $v.terminationGracePeriodSeconds) (int $v.graceSeconds)) }}
{{- end }}
{{- if ne (empty $v.versioning.deploymentName) (empty $v.versioning.buildId) }}
{{- fail "versioning needs both deploymentName and buildId, or neither" }}
{{- end }}
{{- if not (include "partnerday.workerRoles" . | fromJsonArray) }}
{{- fail "no worker role is enabled below `roles`" }}
{{- end }}
{{- range $role := include "partnerday.activityRoles" . | fromJsonArray }}
{{- $values := index $v.roles $role }}
{{- $scaling := mergeOverwrite (deepCopy $v.autoscaling) $values.autoscaling }}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) }}
{{- fail (printf "autoscaling of %s: minReplicas (%d) is more than maxReplicas (%d)" $role (int $scaling.minReplicas) (int $scaling.maxReplicas)) }}
{{- end }}
{{- if and (ne $v.autoscaling.mode "none") (not (dig "requests" "cpu" "" $values.resources)) }}
{{- fail (printf "roles.%s.resources.requests.cpu is not set: autoscaling is by a percentage of it" $role) }}
{{- end }}
{{- end }}
{{- if and (eq $v.autoscaling.mode "keda") $tls.enabled (not $tls.clientSecret) (not $v.temporal.apiKey.existingSecret) }}
{{- fail "KEDA speaks TLS to Temporal only with a client certificate (temporal.tls.clientSecret) or an API key (temporal.apiKey.existingSecret): set one, or autoscaling.mode=hpa" }}
{{- end }}
{{- if $v.workerController.enabled }}
{{- if $v.versioning.deploymentName }}
{{- fail "with workerController.enabled the controller names versions: leave `versioning` empty" }}
{{- end }}
{{- if and $tls.clientSecret $v.temporal.apiKey.existingSecret }}
{{- fail "the Temporal Worker Controller takes a client certificate or an API key, not both" }}
{{- end }}
{{- if and $tls.enabled (not $tls.clientSecret) (not $v.temporal.apiKey.existingSecret) (not $v.workerController.existingConnection) }}
{{- fail "the Temporal Worker Controller speaks TLS to Temporal only with a client certificate (temporal.tls.clientSecret) or an API key (temporal.apiKey.existingSecret)" }}
{{- end }}
{{- end }}
{{- if and $v.metrics.serviceMonitor.enabled (not $v.metrics.enabled) }}
{{- fail "metrics.serviceMonitor needs metrics.enabled=true" }}
{{- end }}
{{- end }}
