{{- define "holdfast.ports" -}}
profile: 8101
grading: 8102
scheduler: 8103
feedback: 8104
{{- end }}

{{- define "holdfast.labels" -}}
app.kubernetes.io/name: holdfast
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /* Takes {root, name}. */ -}}
{{- define "holdfast.selector" -}}
app.kubernetes.io/name: holdfast
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "holdfast.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "holdfast.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "holdfast.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- /* What every program is told of the broker. Takes {root, name}: name is whose user it is. */ -}}
{{- define "holdfast.kafkaEnv" -}}
{{- $kafka := .root.Values.kafka -}}
- {name: HOLDFAST_KAFKA, value: {{ $kafka.bootstrap | quote }}}
- {name: HOLDFAST_TOPIC_PREFIX, value: {{ .root.Values.settings.topicPrefix | quote }}}
- {name: HOLDFAST_KAFKA_SECURITY_PROTOCOL, value: {{ $kafka.securityProtocol }}}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
- {name: HOLDFAST_KAFKA_SASL_MECHANISM, value: {{ $kafka.sasl.mechanism }}}
{{- if .root.Values.strimzi.enabled }}
- {name: HOLDFAST_KAFKA_SASL_USERNAME, value: {{ .root.Release.Name }}-{{ .name }}}
- name: HOLDFAST_KAFKA_SASL_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ .root.Release.Name }}-{{ .name }}, key: password}}
{{- else }}
- {name: HOLDFAST_KAFKA_SASL_USERNAME, value: {{ $kafka.sasl.userPrefix }}{{ .name }}}
- name: HOLDFAST_KAFKA_SASL_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ required "kafka.sasl.existingSecret: name the secret with a password for each service" $kafka.sasl.existingSecret }}, key: {{ .name }}}}
{{- end }}
{{- end }}
{{- if include "holdfast.ca" .root }}
- {name: HOLDFAST_KAFKA_SSL_CAFILE, value: /etc/holdfast/ca/{{ $kafka.ca.key }}}
{{- end }}
{{- end }}

{{- define "holdfast.ca" -}}
{{- if hasSuffix "SSL" .Values.kafka.securityProtocol -}}
{{- .Values.kafka.ca.existingSecret | default (ternary (printf "%s-cluster-ca-cert" .Values.strimzi.cluster) "" .Values.strimzi.enabled) -}}
{{- end -}}
{{- end }}

{{- /* What a service is told besides the broker. Takes {root, name, own}. */ -}}
{{- define "holdfast.serviceEnv" -}}
{{- $secret := required "existingSecret: name the secret with token and secret" .root.Values.existingSecret -}}
- {name: HOLDFAST_HOST, value: 0.0.0.0}
- {name: HOLDFAST_PORT, value: {{ get (include "holdfast.ports" .root | fromYaml) .name | int | quote }}}
- {name: HOLDFAST_CLOCK, value: {{ .root.Values.settings.clock }}}
- {name: HOLDFAST_LOG_LEVEL, value: {{ .root.Values.settings.logLevel }}}
- name: HOLDFAST_DSN
  valueFrom:
{{- if .root.Values.cloudnativepg.enabled }}
    secretKeyRef: {name: {{ .root.Release.Name }}-{{ .name }}-app, key: uri}
{{- else }}
    secretKeyRef: {name: {{ .own.database.existingSecret | default (printf "holdfast-%s-database" .name) }}, key: {{ .own.database.key }}}
{{- end }}
- name: HOLDFAST_TOKEN
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: token}}
- name: HOLDFAST_AGENT_TOKEN
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: agent-token, optional: true}}
- {name: HOLDFAST_RATE_LIMIT, value: {{ .root.Values.settings.rateLimit | int | quote }}}
{{- if .root.Values.keys.existingSecret }}
- {name: HOLDFAST_KEYS_FILE, value: /etc/holdfast/keys/{{ .root.Values.keys.key }}}
{{- end }}
{{- with .root.Values.oidc }}
{{- if .issuer }}
- {name: HOLDFAST_OIDC_ISSUER, value: {{ .issuer | quote }}}
- {name: HOLDFAST_OIDC_AUDIENCE, value: {{ required "oidc.audience: say whom the issuer's tokens are for" .audience | quote }}}
- {name: HOLDFAST_OIDC_ROLES_CLAIM, value: {{ .rolesClaim | quote }}}
- {name: HOLDFAST_OIDC_ROLES, value: {{ .roles | quote }}}
- {name: HOLDFAST_OIDC_AGENTS_CLAIM, value: {{ .agentsClaim | quote }}}
{{- end }}
{{- end }}
{{- with .root.Values.traces }}
{{- if .endpoint }}
- {name: HOLDFAST_OTLP_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: HOLDFAST_TRACES_SHARE, value: {{ .share | quote }}}
{{- end }}
{{- end }}
{{- if eq .name "profile" }}
- name: HOLDFAST_SECRET
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: secret}}
{{- with .root.Values.settings.phoneRegion }}
- {name: HOLDFAST_PHONE_REGION, value: {{ . }}}
{{- end }}
{{- end }}
{{- if .root.Values.settings.policy }}
- {name: HOLDFAST_POLICY_FILE, value: /etc/holdfast/policy/policy.yaml}
{{- end }}
{{- with .own.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* A migration asks nothing of the broker, whose users may not be there yet. Takes {root, name, own}. */ -}}
{{- define "holdfast.migrateEnv" -}}
- {name: HOLDFAST_KAFKA, value: {{ .root.Values.kafka.bootstrap | quote }}}
{{ include "holdfast.serviceEnv" . }}
{{- end }}

{{- define "holdfast.ownMounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if include "holdfast.ca" . }}
- {name: ca, mountPath: /etc/holdfast/ca, readOnly: true}
{{- end }}
{{- if .Values.keys.existingSecret }}
- {name: keys, mountPath: /etc/holdfast/keys, readOnly: true}
{{- end }}
{{- end }}

{{- define "holdfast.ownVolumes" -}}
- {name: tmp, emptyDir: {}}
{{- with include "holdfast.ca" . }}
- {name: ca, secret: {secretName: {{ . }}}}
{{- end }}
{{- with .Values.keys.existingSecret }}
- {name: keys, secret: {secretName: {{ . }}}}
{{- end }}
{{- end }}

{{- /* And the policy, which comes with the release: jobs before an install have none, and need none. */ -}}
{{- define "holdfast.mounts" -}}
{{ include "holdfast.ownMounts" . }}
{{- if .Values.settings.policy }}
- {name: policy, mountPath: /etc/holdfast/policy, readOnly: true}
{{- end }}
{{- end }}

{{- define "holdfast.volumes" -}}
{{ include "holdfast.ownVolumes" . }}
{{- if .Values.settings.policy }}
- {name: policy, configMap: {name: {{ .Release.Name }}-policy}}
{{- end }}
{{- end }}

{{- define "holdfast.inInit" -}}
{{- if or .Values.cloudnativepg.enabled (eq .Values.migrations.mode "init") }}yes{{ end -}}
{{- end }}
