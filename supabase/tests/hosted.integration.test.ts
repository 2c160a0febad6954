import { startHostedPostgres } from "../testing/hosted-postgres";
import { describeRoleMatrix } from "./role-matrix";

// The same migrations, run by a role that is no superuser, on a server with several connections.
describeRoleMatrix("a PostgreSQL set up like a hosted project", startHostedPostgres);
