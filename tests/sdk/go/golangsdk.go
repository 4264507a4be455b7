// Drives key management with golangsdk, unmodified: by password and by access key, with and without a version in the
// address of the identity service. Prints one JSON object a step.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/huaweicloud/golangsdk"
	"github.com/huaweicloud/golangsdk/openstack"
	"github.com/huaweicloud/golangsdk/openstack/kms/v1/keys"
)

type outcome struct {
	Client    string `json:"client"`
	Operation string `json:"operation"`
	OK        bool   `json:"ok"`
	Error     string `json:"error"`
}

type walk struct {
	name string
	kms  *golangsdk.ServiceClient
	key  string
}

func (w *walk) step(operation string, do func() error) {
	found := outcome{Client: w.name, Operation: operation, OK: true}
	defer func() {
		if broken := recover(); broken != nil {
			found.OK, found.Error = false, fmt.Sprint(broken)
		}
		line, _ := json.Marshal(found)
		fmt.Println(string(line))
	}()
	if err := do(); err != nil {
		found.OK, found.Error = false, err.Error()
	}
}

func expect(found, wanted interface{}, what string) error {
	if fmt.Sprint(found) != fmt.Sprint(wanted) {
		return fmt.Errorf("%s: %v, not %v", what, found, wanted)
	}
	return nil
}

// post is how HashiCorp's wrapper calls what the SDK has no function for.
func (w *walk) post(verb string, body map[string]interface{}) (map[string]string, error) {
	var result golangsdk.Result
	url := w.kms.ServiceURL(w.kms.ProjectID, "kms", verb)
	_, result.Err = w.kms.Post(url, body, &result.Body, &golangsdk.RequestOpts{OkCodes: []int{200}})
	answer := map[string]string{}
	return answer, result.ExtractInto(&answer)
}

func (w *walk) keys(region string) {
	w.step("create", func() error {
		made, err := keys.Create(w.kms, keys.CreateOpts{KeyAlias: w.name, Realm: region}).ExtractKeyInfo()
		if err == nil {
			w.key = made.KeyID
		}
		return err
	})
	w.step("describe", func() error {
		found, err := keys.Get(w.kms, w.key).ExtractKeyInfo()
		if err != nil {
			return err
		}
		return expect([]string{found.KeyAlias, found.KeyState}, []string{w.name, "2"}, "key")
	})
	w.step("list", func() error {
		page, err := keys.ListAllKeys(w.kms, keys.ListOpts{Limit: "2000"}).ExtractListKey()
		if err != nil {
			return err
		}
		count := 0
		for _, id := range page.Keys {
			if id == w.key {
				count++
			}
		}
		return expect(count, 1, "how often it is listed")
	})
}

func (w *walk) crypto() {
	plain := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0, 255, 7}, 11))
	w.step("encrypt and decrypt", func() error {
		sealed, err := w.post("encrypt-data", map[string]interface{}{"key_id": w.key, "plain_text": plain})
		if err != nil {
			return err
		}
		opened, err := w.post("decrypt-data", map[string]interface{}{"cipher_text": sealed["cipher_text"]})
		if err != nil {
			return err
		}
		return expect(opened["plain_text"], plain, "plaintext")
	})
	w.step("data key", func() error {
		made, err := keys.DataEncryptGet(w.kms, keys.DataEncryptOpts{KeyID: w.key, DatakeyLength: "512"}).ExtractDataKey()
		if err != nil {
			return err
		}
		return expect(len(made.PlainText), 128, "digits")
	})
}

func (w *walk) ends() {
	w.step("description", func() error {
		_, err := keys.UpdateDes(w.kms, keys.UpdateDesOpts{KeyID: w.key, KeyDescription: "new"}).ExtractKeyInfo()
		return err
	})
	w.step("schedule deletion", func() error {
		_, err := keys.Delete(w.kms, keys.DeleteOpts{KeyID: w.key, PendingDays: "7"}).Extract()
		return err
	})
	w.step("404 of an unknown key", func() error {
		_, err := keys.Get(w.kms, strings.Repeat("0", 8)+"-0000-0000-0000-"+strings.Repeat("0", 12)).ExtractKeyInfo()
		if _, absent := err.(golangsdk.ErrDefault404); absent {
			return expect(strings.Contains(err.Error(), "KMS.0207"), true, "code in "+err.Error())
		}
		return fmt.Errorf("not a 404: %v", err)
	})
}

func run(name string, settings map[string]interface{}, options golangsdk.AuthOptionsProvider) {
	w := &walk{name: name}
	region := settings["region"].(string)
	w.step("sign in", func() error {
		provider, err := openstack.NewClient(options.GetIdentityEndpoint())
		if err != nil {
			return err
		}
		if err = openstack.Authenticate(provider, options); err != nil {
			return err
		}
		w.kms, err = openstack.NewKMSV1(provider, golangsdk.EndpointOpts{Region: region})
		if err != nil {
			return err
		}
		return expect(w.kms.Endpoint, settings["http"].(string)+"/v1.0/", "endpoint")
	})
	w.keys(region)
	w.crypto()
	w.ends()
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	settings := map[string]interface{}{}
	if err = json.Unmarshal(text, &settings); err != nil {
		panic(err)
	}
	get := func(name string) string { return settings[name].(string) }
	for suffix, url := range map[string]string{"": get("http"), "-v3": get("http") + "/v3"} {
		run("password"+suffix, settings, golangsdk.AuthOptions{
			IdentityEndpoint: url, Username: get("user_name"), Password: get("user_password"),
			DomainName: get("domain_name"), TenantID: get("project_id"),
		})
		run("access-key"+suffix, settings, golangsdk.AKSKAuthOptions{
			IdentityEndpoint: url, AccessKey: get("access_key_id"), SecretKey: get("access_key_secret"),
			ProjectName: get("region"), Region: get("region"),
		})
	}
}
