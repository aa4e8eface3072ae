package io.reseal.rotation;

import io.reseal.ResealException;

/** Something that takes several people was asked for without them; nothing was changed. */
public final class ApprovalRequiredException extends ResealException {

    private static final long serialVersionUID = 1L;

    private final transient GuardedOperation operation;

    ApprovalRequiredException(GuardedOperation operation, String found) {
        super(
                "It takes " + operation.people() + " people to " + operation.action() + " " + operation.subject() + ": "
                        + found + ". Ask with Approvals.request, and let others approve",
                null);
        this.operation = operation;
    }

    /** What to ask for; null after the exception was serialized. */
    public GuardedOperation operation() {
        return operation;
    }
}
