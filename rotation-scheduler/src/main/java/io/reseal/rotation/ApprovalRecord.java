package io.reseal.rotation;

import io.reseal.keys.ProtectedRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** How a request stands among the protected records of the key store. */
record ApprovalRecord(
        String action,
        String subject,
        Map<String, String> parameters,
        int people,
        String authority,
        String requester,
        String reason,
        String requestedAt,
        String expiresAt,
        String state,
        List<Given> approvals) {

    static final String KIND = "approval";

    private static final JsonMapper JSON = JsonMapper.shared();

    record Given(String authority, String subject, String at, String digest) {

        static Given of(ApprovalRequest.Approval approval) {
            return new Given(
                    approval.person().authority(),
                    approval.person().subject(),
                    approval.at().toString(),
                    approval.digest());
        }

        ApprovalRequest.Approval approval() {
            return new ApprovalRequest.Approval(new Person(authority, subject), Instant.parse(at), digest);
        }
    }

    static ProtectedRecord of(ApprovalRequest request) {
        GuardedOperation operation = request.operation();
        ApprovalRecord body = new ApprovalRecord(
                operation.action().name(),
                operation.subject(),
                operation.parameters(),
                operation.people(),
                request.requester().authority(),
                request.requester().subject(),
                request.reason(),
                request.requestedAt().toString(),
                request.expiresAt().toString(),
                request.state().name(),
                request.approvals().stream().map(Given::of).toList());
        return new ProtectedRecord(KIND, request.id(), JSON.writeValueAsString(body));
    }

    static ApprovalRequest read(ProtectedRecord record) {
        ApprovalRecord body = JSON.readValue(record.body(), ApprovalRecord.class);
        return new ApprovalRequest(
                record.id(),
                new GuardedOperation(
                        GuardedAction.valueOf(body.action()),
                        body.subject(),
                        new TreeMap<>(body.parameters()),
                        body.people()),
                new Person(body.authority(), body.requester()),
                body.reason(),
                Instant.parse(body.requestedAt()),
                Instant.parse(body.expiresAt()),
                ApprovalRequest.State.valueOf(body.state()),
                body.approvals().stream().map(Given::approval).toList());
    }
}
