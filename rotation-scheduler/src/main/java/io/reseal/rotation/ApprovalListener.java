package io.reseal.rotation;

/** Is told of requests for approval, to notify whoever can give one. */
@FunctionalInterface
public interface ApprovalListener {

    /**
     * A request was made, approved, withdrawn or used on this node. Called on the thread that did it, after it is stored; what is
     * thrown here is logged and changes nothing.
     *
     * @param request as it is now
     */
    void changed(ApprovalRequest request);
}
