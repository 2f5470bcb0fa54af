package sluice.gateway.problem;

/** The problems of exchanges. */
public enum ExchangeProblem implements KnownProblem {
    BAD_EXCHANGE_NAME(
            "bad-exchange-name",
            400,
            "Not an exchange name",
            "Use 1 to 249 of a-z A-Z 0-9 . _ - and do not begin with __."),
    BAD_BINDING(
            "bad-binding",
            400,
            "The exchange cannot have such a binding",
            "Correct the binding named in the detail; what an exchange looks at follows from its type."),
    UNKNOWN_EXCHANGE(
            "unknown-exchange",
            404,
            "There is no such exchange",
            "Create it with PUT /v1/exchanges/{exchange}."),
    EXCHANGE_EXISTS(
            "exchange-exists",
            409,
            "The exchange exists with another type",
            "Delete the exchange first, or choose another name."),
    EXCHANGE_IN_USE(
            "exchange-in-use",
            409,
            "The exchange is the alternate of others",
            "Give these another alternate first; or force the deletion."),
    ALTERNATE_CYCLE(
            "alternate-cycle",
            409,
            "The alternate leads back to the exchange, or through too many others",
            "Choose an alternate that comes to an end."),
    TOO_MANY_BINDINGS(
            "too-many-bindings",
            409,
            "The exchange has as many bindings as it may have",
            "Remove bindings that are not needed, or spread them over several exchanges."),
    FAN_OUT_TOO_LARGE(
            "fan-out-too-large",
            413,
            "The records go to more topics than one request may fill",
            "Split the records over several requests; nothing of this request was appended."),
    UNROUTABLE(
            "unroutable",
            422,
            "No binding matches a record",
            "Correct the routing key, bind a topic, or leave mandatory out; nothing of this request was appended."),
    PARTLY_PUBLISHED(
            "partly-published",
            504,
            "Some topics have the records, others not or perhaps not",
            "Repeat the request with the Idempotency-Key named in idempotencyKey; what is there is not appended again.");

    private final String code;
    private final int status;
    private final String title;
    private final String action;

    ExchangeProblem(String code, int status, String title, String action) {
        this.code = code;
        this.status = status;
        this.title = title;
        this.action = action;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String action() {
        return action;
    }
}
