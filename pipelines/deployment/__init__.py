"""From templates to deployed stacks: refuse what is wrong, upload the code, execute change sets.

    guard       is this the account, the region and the bucket that the configuration means?
    commit      which commit of the project's tree is deployed
    code        the code bundle, uploaded once for each digest
    stack       what CloudFormation has under a name, and whether it can be deployed to
    plan        what a change set would do, as data
    change_set  made, read, executed, deleted
    events      what CloudFormation says while it works
    deploy      the above in order

Nothing here prints: who wants to see the progress passes a `Progress`.
"""
