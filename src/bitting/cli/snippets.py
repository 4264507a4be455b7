"""Copy-paste lines that point each official SDK at this server."""

SNIPPETS = """
  # every snippet starts with
  import json; c = json.load(open("{credentials}"))

  # Alibaba Cloud KMS: pip install alibabacloud-kms20160120
  from alibabacloud_kms20160120.client import Client
  from alibabacloud_tea_openapi.models import Config
  kms = Client(Config(endpoint="{http}", protocol="http", region_id=c["region"],
                      access_key_id=c["access_key_id"], access_key_secret=c["access_key_secret"]))

  # Alibaba Cloud KMS Instance API: pip install alibabacloud-dkms-gcs
  from openapi.models import Config
  from sdk.client import Client
  dkms = Client(Config(protocol="https", endpoint="{https}", client_key_file=c["client_key_file"],
                       password=c["client_key_password"], ca_file_path="{ca}"))

  # Huawei Cloud DEW: pip install huaweicloudsdkkms
  from huaweicloudsdkcore.auth.credentials import BasicCredentials
  from huaweicloudsdkkms.v2 import KmsClient
  kms = (KmsClient.new_builder().with_endpoint("http://{http}")
         .with_credentials(BasicCredentials(c["access_key_id"], c["access_key_secret"], c["project_id"])).build())

  # Open Telekom Cloud: pip install openstacksdk==4.5.0 otcextensions
  import openstack; from otcextensions import sdk
  otc = openstack.connect(auth_url="http://{http}/v3", username=c["user_name"], password=c["user_password"],
                          user_domain_name=c["domain_name"], project_id=c["otc_project_id"], region_name=c["region"])
  sdk.register_otc_extensions(otc)
"""
