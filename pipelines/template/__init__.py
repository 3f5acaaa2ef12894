"""From a definition and an environment to CloudFormation templates, and to files under build/."""
